package io.tributary.stage.learn;

import io.tributary.protocol.LearnerCommand.LearnerSettings;

/**
 * The steps after which something is due.
 *
 * @param settings intervals, which can be changed during a run
 * @param checkpointsInBackground whether training continues while a checkpoint is written
 * @param lastStep step that ends the run; {@link Long#MAX_VALUE} for none
 */
public record StepSchedule(
    LearnerSettings settings, boolean checkpointsInBackground, long lastStep) {

  StepSchedule with(LearnerSettings others) {
    return new StepSchedule(others, checkpointsInBackground, lastStep);
  }

  boolean isLast(long step) {
    return step >= lastStep;
  }

  boolean isPublicationDue(long step) {
    return step % settings.publishInterval() == 0;
  }

  boolean isEvaluationDue(long step) {
    return step % settings.evaluationInterval() == 0 || isLast(step);
  }

  boolean writesCheckpoints() {
    return settings.checkpointInterval() > 0;
  }

  boolean isCheckpointDue(long step, long nanosSinceLast) {
    return writesCheckpoints()
        && (step % settings.checkpointInterval() == 0
            || isLast(step)
            || nanosSinceLast >= settings.checkpointTime().toNanos());
  }
}
