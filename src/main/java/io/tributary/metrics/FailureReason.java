package io.tributary.metrics;

/** How a worker failed. */
public enum FailureReason implements LabelValue {
  /** It threw an exception and stopped. */
  ERROR,
  /** It showed no progress for the stall timeout, and was replaced. */
  STALLED,
  /** Its result does not fit what it was asked for, and it was replaced. */
  INVALID
}
