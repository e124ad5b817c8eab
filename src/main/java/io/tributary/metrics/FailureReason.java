package io.tributary.metrics;

/** How a stage's worker failed. */
public enum FailureReason implements LabelValue {
  /** It threw an exception and stopped. */
  ERROR,
  /** It showed no progress for the stall timeout and was replaced. */
  STALLED,
  /** It gave a result that can't be one of what it was asked for, and was replaced. */
  INVALID
}
