package io.tributary.stage.learn.update;

import io.tributary.metrics.Measurements;
import io.tributary.objective.Objective;
import io.tributary.objective.RunningEstimates;
import io.tributary.objective.estimate.ControlFit;

/** Changes the policy with a batch. */
sealed interface UpdateRule permits SingleUpdate, ProximalUpdates {

  /**
   * The result of the updates.
   *
   * @param logPolicies (N), log pi in nats of every sequence before any change, without dropout
   * @param loss mean over the updates made with the batch
   * @param gradientNorm mean over the updates, before clipping
   * @param clipFactor mean over the updates of the factor on the gradient, 1 without clipping
   * @param finite whether loss and gradient were finite in all updates; the first update in which
   *     they were not is skipped, as are all after it
   * @param control what the next coefficient of the control variate follows from
   * @param measurements specific to this rule
   */
  record Outcome(
      double[] logPolicies,
      double loss,
      double gradientNorm,
      double clipFactor,
      boolean finite,
      ControlFit.State control,
      Measurements measurements) {}

  /**
   * Updates the weights.
   *
   * @param step steps made before this one; seeds the generators
   * @param estimates from the batches before
   * @param progress called after every micro-batch
   */
  Outcome learn(
      long step,
      BatchArrays batch,
      RunningEstimates estimates,
      double learningRate,
      Runnable progress);

  /** Defines signal and advantage of the sequences in the next batch. */
  Objective objective();
}
