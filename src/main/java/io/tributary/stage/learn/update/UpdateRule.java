package io.tributary.stage.learn.update;

import io.tributary.config.TributaryConfig;
import io.tributary.metrics.Measurements;
import io.tributary.model.ModelTraining;
import io.tributary.objective.Objective;
import io.tributary.objective.RunningEstimates;
import io.tributary.objective.ppo.KlPenalty;

/** How a batch changes the policy. */
sealed interface UpdateRule permits SingleUpdate, ProximalUpdates {

  /**
   * The rule that the objective is configured with.
   *
   * @param penalty weight of the divergence from the base model, adapted by proximal updates
   */
  static UpdateRule of(
      ModelTraining training, TributaryConfig config, int[] prefix, KlPenalty penalty) {
    long seed = config.run().seed();
    return config.objective().isProximal()
        ? new ProximalUpdates(training, config.objective(), penalty, config.learner(), prefix, seed)
        : new SingleUpdate(
            training, Objective.of(config.objective()), config.learner(), prefix, seed);
  }

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
   * @param estimates what the batches before tell
   * @param progress called after every micro-batch
   */
  Outcome learn(
      long step,
      BatchArrays batch,
      RunningEstimates estimates,
      double learningRate,
      Runnable progress);

  /** What the signal and the advantage of a sequence in the next batch are. */
  Objective objective();
}
