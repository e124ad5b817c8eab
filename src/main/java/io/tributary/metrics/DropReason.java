package io.tributary.metrics;

/** Why a sequence was drawn and never trained on. */
public enum DropReason implements LabelValue {
  /** The scorer failed on this one sequence. */
  SCORING,
  /** The rest of a draw that would have been staler than allowed in the next batch. */
  LEFT_OVER
}
