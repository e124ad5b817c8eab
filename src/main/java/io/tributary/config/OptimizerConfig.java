package io.tributary.config;

import io.tributary.config.binding.Require;
import java.util.List;
import java.util.Locale;

/**
 * AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101) with warm-up and a schedule.
 *
 * @param learningRate the highest of the schedule
 * @param warmupSteps steps over which it rises linearly to that
 * @param schedule what follows the warm-up
 * @param betas decay of the first and the second moment
 * @param eps added to the square root of the second moment
 * @param weightDecay decoupled weight decay
 * @param maxGradNorm global norm to which gradients are clipped; 0: no clipping
 */
public record OptimizerConfig(
    double learningRate,
    long warmupSteps,
    Schedule schedule,
    List<Double> betas,
    double eps,
    double weightDecay,
    double maxGradNorm) {
  public OptimizerConfig {
    betas = List.copyOf(betas);
    Require.positive("learning-rate", learningRate);
    Require.atLeast(0, "warmup-steps", warmupSteps);
    Require.that(
        betas.size() == 2 && betas.stream().allMatch(beta -> beta >= 0 && beta < 1),
        "betas",
        betas,
        "two numbers, each at least 0 and less than 1");
    Require.positive("eps", eps);
    Require.notNegative("weight-decay", weightDecay);
    Require.notNegative("max-grad-norm", maxGradNorm);
  }

  /** The learning rate after the warm-up. */
  public enum Schedule {
    /** Constant. */
    CONSTANT,
    /** Linear decay to 0 at the last step. */
    LINEAR,
    /** Cosine decay to 0 at the last step. */
    COSINE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
