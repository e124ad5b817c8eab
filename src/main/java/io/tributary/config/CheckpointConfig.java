package io.tributary.config;

/**
 * Checkpoints.
 *
 * @param intervalSteps learner steps between two checkpoints
 * @param keep how many of the newest are kept; 0 for no checkpoint at all
 */
public record CheckpointConfig(int intervalSteps, int keep) {
  public CheckpointConfig {
    Require.atLeast(1, "interval-steps", intervalSteps);
    Require.atLeast(0, "keep", keep);
  }
}
