package io.tributary.tensor;

import io.tributary.config.Schedule;

/**
 * Learning rate of each step: it rises in a straight line over the warm-up, then follows the
 * schedule.
 *
 * @param peak the highest rate
 * @param schedule what comes after the warm-up
 * @param warmupSteps steps of the warm-up, of which the last has the highest rate; 0 for none
 * @param totalSteps step at which a falling schedule would reach 0; the constant one ignores it
 */
public record LearningRateSchedule(
    double peak, Schedule schedule, long warmupSteps, long totalSteps) {
  public LearningRateSchedule {
    if (!(peak >= 0) || Double.isInfinite(peak)) {
      throw new IllegalArgumentException("learning-rate must be at least 0, got " + peak);
    }
    if (warmupSteps < 0) {
      throw new IllegalArgumentException("warmup-steps must be at least 0, got " + warmupSteps);
    }
    if (schedule != Schedule.CONSTANT && totalSteps <= warmupSteps) {
      throw new IllegalArgumentException(
          "a %s schedule needs more steps than its warm-up of %d, got %d"
              .formatted(schedule, warmupSteps, totalSteps));
    }
  }

  /** The rate of a step, counted from 0. */
  public double rate(long step) {
    if (step < warmupSteps) {
      return peak * (step + 1) / warmupSteps;
    }
    return peak
        * switch (schedule) {
          case CONSTANT -> 1;
          case LINEAR -> left(step);
          case COSINE -> 0.5 * (1 - Math.cos(Math.PI * left(step)));
        };
  }

  /** Share of the fall that is still to come: 1 at the end of the warm-up, 0 at the last step. */
  private double left(long step) {
    return Math.max(0, (double) (totalSteps - step) / (totalSteps - warmupSteps));
  }
}
