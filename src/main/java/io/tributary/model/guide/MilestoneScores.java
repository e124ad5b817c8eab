package io.tributary.model.guide;

import java.util.Arrays;

/**
 * The T tokens of a sequence under a model, and its milestones, the tokens that would bring what
 * the target needs, see {@link TokenGuide#milestonesBefore}.
 *
 * @param logProbs log m(x_t | prefix, x_&lt;t) in nats (T)
 * @param milestones m(v | prefix, x_&lt;t) of the milestones v before token t, token after token
 */
public record MilestoneScores(double[] logProbs, double[] milestones) {

  /** log m(x | prefix) in nats. */
  public double logProb() {
    return Arrays.stream(logProbs).sum();
  }

  /** Values by token, one after another. */
  public static double[] flat(double[][] byToken) {
    return Arrays.stream(byToken).flatMapToDouble(Arrays::stream).toArray();
  }
}
