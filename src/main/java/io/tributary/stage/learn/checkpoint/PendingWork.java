package io.tributary.stage.learn.checkpoint;

/** What the last step still waits for; a run that is resumed does it before anything else. */
public enum PendingWork {
  /** Nothing: the step is finished. */
  NOTHING,

  /** The evaluation of the policy. */
  EVALUATION,

  /** The judgement of the policy on fresh sequences, and then what follows it. */
  JUDGEMENT
}
