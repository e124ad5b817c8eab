package io.tributary.config;

/**
 * Evaluation on samples drawn from the policy itself.
 *
 * @param intervalSteps learner steps between two evaluations
 * @param sequences samples per evaluation
 */
public record EvaluationConfig(int intervalSteps, int sequences) {
  public EvaluationConfig {
    Require.atLeast(1, "interval-steps", intervalSteps);
    Require.atLeast(1, "sequences", sequences);
  }
}
