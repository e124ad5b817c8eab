package io.tributary.data;

/**
 * What is needed for the log-probability of the T tokens of a sequence under a model that is guided
 * with any strength, see {@code TokenGuide}.
 *
 * @param logProbs log m(x_t | prefix, x_&lt;t) in nats under the model without guide (T)
 * @param masses m(M | prefix, x_&lt;t), the probability of the tokens to raise (T)
 * @param raised whether a token is among those to raise (T)
 */
public record GuidedScores(double[] logProbs, double[] masses, boolean[] raised) {

  /**
   * log q(x | prefix) in nats.
   *
   * @param strength beta, 0 for none
   */
  public double logProb(double strength) {
    return logProb(strength, logProbs.length);
  }

  /**
   * log q of the first tokens in nats.
   *
   * @param count how many
   */
  public double logProb(double strength, int count) {
    double odds = Math.expm1(strength);
    double sum = 0;
    for (int t = 0; t < count; t++) {
      sum += logProbs[t] + (raised[t] ? strength : 0) - Math.log1p(odds * masses[t]);
    }
    return sum;
  }

  /** Whether a guide changes anything. */
  public boolean isGuided() {
    for (boolean each : raised) {
      if (each) {
        return true;
      }
    }
    return false;
  }
}
