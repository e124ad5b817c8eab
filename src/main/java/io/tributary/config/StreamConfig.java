package io.tributary.config;

import io.tributary.config.binding.Require;
import java.time.Duration;

/**
 * The stream that joins samplers, scorers and learner.
 *
 * @param maxStalenessSteps most learner steps between the admission of a draw and its use
 * @param stallTimeout time without progress after which a worker is given up as lost
 * @param maxDropRate share of the sequences that scoring may drop before the run fails
 * @param maxLostWorkers workers that may be replaced within an hour before the run fails
 */
public record StreamConfig(
    int maxStalenessSteps, Duration stallTimeout, double maxDropRate, int maxLostWorkers) {
  public StreamConfig {
    Require.that(
        maxStalenessSteps >= 0 && maxStalenessSteps <= 1000,
        "max-staleness-steps",
        maxStalenessSteps,
        "between 0 and 1000");
    Require.positive("stall-timeout", stallTimeout);
    Require.that(
        maxDropRate >= 0 && maxDropRate <= 1, "max-drop-rate", maxDropRate, "between 0 and 1");
    Require.atLeast(0, "max-lost-workers", maxLostWorkers);
  }
}
