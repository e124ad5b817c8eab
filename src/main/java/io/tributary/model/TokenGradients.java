package io.tributary.model;

/**
 * Derivatives of a loss with respect to what is computed for the T tokens of one sequence.
 *
 * @param byLogProb with respect to log pi(x_t | prefix, x_&lt;t) (T)
 * @param byValue with respect to V_t (T); empty without a value head
 * @param byDivergence with respect to KL(a(. | prefix, x_&lt;t) || pi(. | prefix, x_&lt;t)) (T), a
 *     being another model; empty where it does not matter
 */
public record TokenGradients(double[] byLogProb, double[] byValue, double[] byDivergence) {
  private static final double[] NONE = {};

  /** Of a loss that depends on the log-probabilities alone. */
  public TokenGradients(double[] byLogProb) {
    this(byLogProb, NONE, NONE);
  }

  /** Of a loss that depends on log-probabilities and values. */
  public TokenGradients(double[] byLogProb, double[] byValue) {
    this(byLogProb, byValue, NONE);
  }

  /** The first token whose divergence matters; T if none does. */
  int firstDivergence() {
    int t = 0;
    while (t < byDivergence.length && byDivergence[t] == 0) {
      t++;
    }
    return byDivergence.length == 0 ? byLogProb.length : t;
  }
}
