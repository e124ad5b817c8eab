package io.tributary.metrics;

/** The stages of the stream that report about themselves. */
public enum Stage implements LabelValue {
  SAMPLER,
  SCORER,
  LEARNER,
  EVALUATOR
}
