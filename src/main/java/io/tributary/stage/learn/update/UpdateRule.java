package io.tributary.stage.learn.update;

import io.tributary.metrics.Measurements;
import io.tributary.objective.Earlier;
import io.tributary.objective.Objective;

/** How a batch changes the policy. */
public sealed interface UpdateRule permits SingleUpdate, ProximalUpdates {

  /**
   * What a batch has changed.
   *
   * @param logPolicies (N), log pi in nats of every sequence before any change, without dropout
   * @param loss mean over the updates that the batch led to
   * @param gradientNorm the same, before clipping
   * @param finite whether loss and gradient were finite in all of them; the first update where they
   *     were not is left out, and so are those after it
   * @param measurements what this rule alone measures
   */
  record Outcome(
      double[] logPolicies,
      double loss,
      double gradientNorm,
      boolean finite,
      Measurements measurements) {}

  /**
   * Updates the weights.
   *
   * @param step steps made before this one; names the generators
   * @param earlier what the batches before tell
   * @param progress called after every micro-batch
   */
  Outcome learn(
      long step, BatchArrays batch, Earlier earlier, double learningRate, Runnable progress);

  /** What the signal and the advantage of a sequence in the next batch are. */
  Objective objective();
}
