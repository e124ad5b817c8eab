package io.tributary.config;

import io.tributary.config.binding.Require;
import java.time.Duration;

/**
 * Checkpoints.
 *
 * @param intervalSteps learner steps between two checkpoints
 * @param interval time after a checkpoint at which the next is due, if the steps are not there yet
 * @param background whether training goes on while a checkpoint is written; a process that is
 *     killed loses the steps made meanwhile, besides those since the last one was due
 * @param keep how many of the newest are kept; 0 for no checkpoint at all
 * @param keepBest how many of those with the least KL(p||pi) are kept, too
 * @param keepEverySteps those of steps that are a multiple of it are kept, too; 0 for none
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

  /** Most checkpoints that there are at once, without those that are kept by their steps. */
  public int mostKept() {
    return keep + keepBest;
  }
}
