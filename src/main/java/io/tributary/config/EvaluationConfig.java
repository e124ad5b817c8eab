package io.tributary.config;

import io.tributary.config.binding.Require;

/**
 * Evaluation on samples drawn from the policy itself.
 *
 * @param intervalSteps learner steps between two evaluations
 * @param sequences samples per evaluation
 * @param topP samples are drawn from the most likely tokens whose probabilities add up to this; 1
 *     for all
 */
public record EvaluationConfig(int intervalSteps, int sequences, double topP) {
  public EvaluationConfig {
    Require.atLeast(1, "interval-steps", intervalSteps);
    Require.atLeast(1, "sequences", sequences);
    Require.that(topP > 0 && topP <= 1, "top-p", topP, "more than 0 and at most 1");
  }
}
