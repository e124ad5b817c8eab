package io.tributary.config;

import io.tributary.config.binding.Require;
import java.time.Duration;

/**
 * Checkpoints.
 *
 * @param intervalSteps learner steps between two checkpoints
 * @param interval longest time between two checkpoints
 * @param background whether training continues while a checkpoint is written; a process killed
 *     meanwhile also loses the steps made since it began
 * @param keep number of the newest that are kept; 0 for no checkpoints at all
 * @param keepBest number of those with the lowest KL(p||pi) that are kept too
 * @param keepEverySteps checkpoints at multiples of this are kept too; 0 for none
 */
public record CheckpointConfig(
    int intervalSteps,
    Duration interval,
    boolean background,
    int keep,
    int keepBest,
    int keepEverySteps) {
  public CheckpointConfig {
    Require.atLeast(1, "interval-steps", intervalSteps);
    Require.positive("interval", interval);
    Require.atLeast(0, "keep", keep);
    Require.atLeast(0, "keep-best", keepBest);
    Require.atLeast(0, "keep-every-steps", keepEverySteps);
  }

  /** The most checkpoints kept at once, besides those kept by {@code keepEverySteps}. */
  public int mostKept() {
    return keep + keepBest;
  }
}
