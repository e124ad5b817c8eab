package io.tributary.config;

import io.tributary.config.binding.Require;

/**
 * The learner, which trains the policy pi.
 *
 * @param device where the policy is trained
 * @param batchSize sequences per step
 * @param microBatchSize sequences per forward and backward pass
 * @param dropout probability, in training passes only
 * @param maxNonfiniteSteps consecutive steps with a non-finite loss or gradient after which the run
 *     fails
 * @param maxRestarts restarts of a failing learner from the last checkpoint
 */
public record LearnerConfig(
    String device,
    int batchSize,
    int microBatchSize,
    OptimizerConfig optimizer,
    double dropout,
    int maxNonfiniteSteps,
    int maxRestarts) {
  public LearnerConfig {
    Require.device("device", device);
    Require.atLeast(1, "batch-size", batchSize);
    Require.atLeast(1, "micro-batch-size", microBatchSize);
    Require.that(
        microBatchSize <= batchSize,
        "micro-batch-size",
        microBatchSize,
        "at most learner.batch-size = " + batchSize);
    Require.fraction("dropout", dropout);
    Require.atLeast(1, "max-nonfinite-steps", maxNonfiniteSteps);
    Require.atLeast(0, "max-restarts", maxRestarts);
  }
}
