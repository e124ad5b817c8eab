package io.tributary.metrics;

/** What an idle worker waits for. */
public enum BlockedReason implements LabelValue {
  /** Work from the stage before. */
  INPUT,
  /** The evaluation of the policy, after which the next step comes. */
  EVALUATION,
  /** The previous checkpoint, which is still being written when the next one is due. */
  CHECKPOINT,
  /** Admission of a further draw, which the bound on staleness holds back. */
  ADMISSION,
  /** Weights as new as the draw asks for. */
  WEIGHTS,
  /** The end of a pause of sampling or learning. */
  PAUSED
}
