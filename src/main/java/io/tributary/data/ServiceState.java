package io.tributary.data;

/** What a training service is doing, as an operator sees it. */
public enum ServiceState {
  /** Models are being loaded; no sampler has confirmed the first proposal yet. */
  STARTING,
  /** The target's lambdas are being fitted on sequences of the base model. */
  FITTING,
  /** Sampling and learning both continue. */
  RUNNING,
  /** The bound on staleness is reached: samplers wait for the learner. */
  THROTTLED,
  /** The learner waits for scored draws. */
  WAITING_FOR_DATA,
  /** There is no sampler, or no scorer, until a worker joins from another machine. */
  WAITING_FOR_WORKERS,
  /** An operator has paused sampling, learning or both. */
  PAUSED,
  /** What is in flight is being finished; a checkpoint is written; then the process ends. */
  DRAINING,
  /** The run can't continue; the process ends with exit code 1. */
  FAILED
}
