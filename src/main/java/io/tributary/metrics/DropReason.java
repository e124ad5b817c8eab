package io.tributary.metrics;

/** Why a sequence was drawn and never trained on. */
public enum DropReason implements LabelValue {
  /** The scorer failed on this one sequence. */
  SCORING
}
