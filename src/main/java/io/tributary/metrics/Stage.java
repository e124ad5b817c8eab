package io.tributary.metrics;

/** The stages of the stream, and what else draws sequences. */
public enum Stage implements LabelValue {
  SAMPLER,
  SCORER,
  LEARNER,
  /** Draws from the policy to evaluate it, and from the proposal to decide on its replacement. */
  EVALUATOR,
  /** Draws from the base model, before the stream begins, to fit the target's lambdas. */
  FIT
}
