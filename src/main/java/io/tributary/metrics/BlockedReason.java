package io.tributary.metrics;

/** What an idle stage waits for. */
public enum BlockedReason implements LabelValue {
  /** Nothing to work on has arrived from the stage before. */
  INPUT,
  /** The policy is being evaluated; the step after it comes then. */
  EVALUATION,
  /** The checkpoint before the one that is due is still being written. */
  CHECKPOINT,
  /** The bound on staleness holds further draws back until the learner has moved on. */
  ADMISSION,
  /** The draw asks for newer weights than the sampler has. */
  WEIGHTS,
  /** An operator has paused sampling or learning, or both. */
  PAUSED
}
