package io.tributary.tensor;

import io.tributary.config.OptimizerConfig.Schedule;

/**
 * The learning rate of each step: a linear warm-up, then a schedule.
 *
 * @param highest rate at the end of the warm-up
 * @param warmupSteps steps of the warm-up
 * @param schedule of the steps after it
 * @param totalSteps the step at which a falling schedule reaches zero; any number for a constant
 *     one
 */
public record LearningRate(double highest, long warmupSteps, Schedule schedule, long totalSteps) {
  public LearningRate {
    if (schedule != Schedule.CONSTANT && totalSteps <= warmupSteps) {
      throw new IllegalArgumentException(
          "a %s schedule of %d steps leaves nothing after %d steps of warm-up"
              .formatted(schedule, totalSteps, warmupSteps));
    }
  }

  /** The same schedule with another highest rate. */
  public LearningRate withHighest(double rate) {
    return new LearningRate(rate, warmupSteps, schedule, totalSteps);
  }

  /** The rate of a step, counted from 0; the first step of a warm-up is not zero. */
  public double at(long step) {
    if (step < warmupSteps) {
      return highest * (step + 1) / warmupSteps;
    }
    double done = Math.min(1, (step - warmupSteps) / (double) (totalSteps - warmupSteps));
    return switch (schedule) {
      case CONSTANT -> highest;
      case LINEAR -> highest * (1 - done);
      case COSINE -> highest * 0.5 * (1 + Math.cos(Math.PI * done));
    };
  }
}
