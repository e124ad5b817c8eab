package io.tributary.metrics;

/** The stages of the stream that report about themselves, and what draws outside of it. */
public enum Stage implements LabelValue {
  SAMPLER,
  SCORER,
  LEARNER,
  /** Draws from the policy to measure it, and from the proposal to decide on its replacement. */
  EVALUATOR,
  /** Draws from the base model, before the stream begins, to fit the target's lambdas. */
  FIT
}
