package io.tributary.config;

import io.tributary.config.binding.Require;

/**
 * Measurements that need extra passes.
 *
 * @param gradientVarianceIntervalSteps learner steps between two measurements of the gradient's
 *     variance; 0 for none
 * @param gradientVarianceSequences number of sequences of the batch it is measured on
 */
public record DiagnosticsConfig(int gradientVarianceIntervalSteps, int gradientVarianceSequences) {
  public DiagnosticsConfig {
    Require.atLeast(0, "gradient-variance-interval-steps", gradientVarianceIntervalSteps);
    Require.atLeast(2, "gradient-variance-sequences", gradientVarianceSequences);
  }
}
