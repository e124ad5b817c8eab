package io.tributary.metrics;

/** Why a sequence was never trained on. */
public enum DropReason implements LabelValue {
  /** It was used for the first estimate of Z. */
  BOOTSTRAP,
  /** Scoring it failed. */
  SCORING,
  /** It would have been too stale for the next batch. */
  LEFT_OVER,
  /** It was in the stream when training restarted from a checkpoint, and is drawn again. */
  LEARNER_RESTART,
  /** It was in the stream when the run ended; a resumed run draws it again. */
  STOPPED
}
