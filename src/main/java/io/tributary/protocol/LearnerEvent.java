package io.tributary.protocol;

import io.tributary.data.Measurements;
import java.time.Duration;

/** What the learner tells whoever watches the run. */
public sealed interface LearnerEvent {

  /** The learner works on a batch: said at its beginning and after every micro-batch. */
  record Active(long step) implements LearnerEvent {}

  /** The learner is done with a batch and all that it led to. */
  record Idle(long step) implements LearnerEvent {}

  /** Z was estimated from the first draws; training begins. */
  record Bootstrapped(int sequences, double partitionFunction, double standardError)
      implements LearnerEvent {}

  /** A gradient step was made, or skipped because something was not finite. */
  record Stepped(
      long step, long sequences, Measurements measurements, boolean finite, Duration duration)
      implements LearnerEvent {}

  /** Whether the policy replaces the proposal was decided. */
  record ProposalJudged(
      long step, long policyVersion, long proposalVersion, String decision, double difference)
      implements LearnerEvent {}

  /** The policy was measured on samples of its own. */
  record PolicyEvaluated(long step, Measurements measurements) implements LearnerEvent {}

  /** A checkpoint is complete on disk. */
  record CheckpointWritten(long step, long bytes, Duration duration) implements LearnerEvent {}

  /** A checkpoint could not be written; it is tried again. */
  record CheckpointFailed(long step, String reason) implements LearnerEvent {}
}
