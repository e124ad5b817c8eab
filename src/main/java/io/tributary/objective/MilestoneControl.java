package io.tributary.objective;

import io.tributary.objective.PrefixCredit.Contribution;

/**
 * A control variate for {@link PrefixCredit}: what the milestones of a sequence, tokens M(s) that
 * would bring what the target needs, were expected to be, less what they were.
 *
 * <p>While a sequence is undecided, the base model says how likely the next token is one of M. For
 * every q, and every f(s) that is known before token t,
 *
 * <pre>
 * E_q[ w_{t-1} sum_{v in M(s_t)} a(v|s_t) f(s_t, v) - w_t [x_t in M(s_t)] f(s_t, x_t) | s_t ] = 0
 * </pre>
 *
 * With f(s, v) = sum_{i&lt;t} grad log pi(x_i|s_i) + grad log pi(v|s), kappa times it changes no
 * expected gradient, and takes most of the noise away where milestones are rare: they are a signal
 * from all sequences then, in place of a few. docs/estimators.md has the proof.
 *
 * @param expected w_{t-1} a(v|s_t) of each token v of M(s_t), by token t; empty where M is
 * @param reached w_t if x_t is in M(s_t), else 0 (T)
 */
public record MilestoneControl(double[][] expected, double[] reached) {

  /**
   * Of a sequence.
   *
   * @param milestones M(s_t), by token t
   * @param bases a(v|s_t) of all of them, in their order
   * @param tokens (T)
   * @param logBases (T), log a of each token in nats
   * @param logProposals (T), log q of each token in nats
   */
  public static MilestoneControl of(
      int[][] milestones, double[] bases, int[] tokens, double[] logBases, double[] logProposals) {
    double[][] expected = new double[tokens.length][];
    double[] reached = new double[tokens.length];
    double logWeight = 0;
    int at = 0;
    for (int t = 0; t < tokens.length; t++) {
      double before = Math.exp(logWeight);
      logWeight += logBases[t] - logProposals[t];
      expected[t] = new double[milestones[t].length];
      for (int j = 0; j < milestones[t].length; j++) {
        expected[t][j] = before * bases[at++];
        if (milestones[t][j] == tokens[t]) {
          reached[t] = Math.exp(logWeight);
        }
      }
    }
    return new MilestoneControl(expected, reached);
  }

  /**
   * What kappa adds to the coefficient of each of the first tokens: what was expected of later ones
   * less what they were, and less what the token itself was.
   *
   * @param count how many
   */
  public double[] variates(int count) {
    double[] variates = new double[count];
    double later = 0;
    for (int t = reached.length - 1; t >= 0; t--) {
      if (t < count) {
        variates[t] = later - reached[t];
      }
      later += surplus(t);
    }
    return variates;
  }

  private double surplus(int t) {
    double sum = -reached[t];
    for (double each : expected[t]) {
      sum += each;
    }
    return sum;
  }

  /**
   * A sequence's contribution with kappa times the variate of its gradient.
   *
   * @param kappa any number that does not depend on the sequence
   */
  public Contribution addTo(Contribution contribution, double kappa) {
    int n = reached.length;
    double[] coefficients = contribution.coefficients().clone();
    double[] variates = variates(n);
    double[][] milestones = new double[n][];
    for (int t = 0; t < n; t++) {
      coefficients[t] += kappa * variates[t];
      milestones[t] = expected[t].clone();
      for (int j = 0; j < milestones[t].length; j++) {
        milestones[t][j] *= kappa;
      }
    }
    return new Contribution(coefficients, contribution.divergences(), milestones);
  }
}
