package io.tributary.metrics;

/** Why a sequence was drawn and never trained on. */
public enum DropReason implements LabelValue {
  /** It went into the first estimate of Z, from which training begins. */
  BOOTSTRAP,
  /** The scorer failed on this one sequence. */
  SCORING,
  /** The rest of a draw that would have been staler than allowed in the next batch. */
  LEFT_OVER,
  /** It was in the stream when training went back to the last checkpoint; it is drawn again. */
  LEARNER_RESTART,
  /** It was in the stream when the run ended, and filled no batch; a resumed run draws it again. */
  STOPPED
}
