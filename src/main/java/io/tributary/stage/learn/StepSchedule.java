package io.tributary.stage.learn;

import io.tributary.protocol.LearnerSettings;
import java.time.Duration;

/**
 * The steps after which something is due.
 *
 * @param publishInterval steps between two publications
 * @param evaluationInterval steps between two evaluations
 * @param checkpointInterval steps between two checkpoints; 0 for no checkpoint at all
 * @param checkpointTime time after a checkpoint at which the next is due in any case
 * @param checkpointsInBackground whether training continues while a checkpoint that is due is
 *     written
 * @param lastStep step that ends the run; {@link Long#MAX_VALUE} for none
 */
public record StepSchedule(
    int publishInterval,
    int evaluationInterval,
    int checkpointInterval,
    Duration checkpointTime,
    boolean checkpointsInBackground,
    long lastStep) {
  /** The schedule of these settings, and of those that can't be changed during a run. */
  public static StepSchedule of(
      LearnerSettings settings, boolean checkpointsInBackground, long lastStep) {
    return new StepSchedule(
        settings.publishInterval(),
        settings.evaluationInterval(),
        settings.checkpointInterval(),
        settings.checkpointTime(),
        checkpointsInBackground,
        lastStep);
  }

  /** This schedule with other settings. */
  StepSchedule with(LearnerSettings settings) {
    return of(settings, checkpointsInBackground, lastStep);
  }

  boolean isLast(long step) {
    return step >= lastStep;
  }

  boolean isPublicationDue(long step) {
    return step % publishInterval == 0;
  }

  boolean isEvaluationDue(long step) {
    return step % evaluationInterval == 0 || isLast(step);
  }

  boolean writesCheckpoints() {
    return checkpointInterval > 0;
  }

  boolean isCheckpointDue(long step, long nanosSinceLast) {
    return writesCheckpoints()
        && (step % checkpointInterval == 0
            || isLast(step)
            || nanosSinceLast >= checkpointTime.toNanos());
  }
}
