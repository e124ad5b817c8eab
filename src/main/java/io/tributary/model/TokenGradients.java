package io.tributary.model;

/**
 * Derivatives of a loss with respect to what is computed for the T tokens of one sequence.
 *
 * @param byLogProb with respect to log pi(x_t | prefix, x_&lt;t) (T)
 * @param byValue with respect to V_t (T); empty without a value head
 * @param byDivergence with respect to KL(a(. | prefix, x_&lt;t) || pi(. | prefix, x_&lt;t)) (T), a
 *     being another model; empty where it does not matter
 * @param alternatives with respect to log-probabilities of other tokens in the place of x_t
 */
public record TokenGradients(
    double[] byLogProb, double[] byValue, double[] byDivergence, Alternatives alternatives) {

  /**
   * Tokens v in the place of x_t, which may be one of them.
   *
   * @param tokens ascending (T, any number of each); empty where there are none at all
   * @param byLogProb derivatives with respect to log pi(v | prefix, x_&lt;t), as {@code tokens}
   */
  public record Alternatives(int[][] tokens, double[][] byLogProb) {
    static final Alternatives NONE = new Alternatives(new int[0][], new double[0][]);
  }

  private static final double[] NONE = {};

  /** Of a loss that depends on the log-probabilities alone. */
  public TokenGradients(double[] byLogProb) {
    this(byLogProb, NONE, NONE, Alternatives.NONE);
  }

  /** Of a loss that depends on log-probabilities and values. */
  public TokenGradients(double[] byLogProb, double[] byValue) {
    this(byLogProb, byValue, NONE, Alternatives.NONE);
  }

  /** Of a loss that depends on no alternatives. */
  public TokenGradients(double[] byLogProb, double[] byValue, double[] byDivergence) {
    this(byLogProb, byValue, byDivergence, Alternatives.NONE);
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
