package io.tributary.protocol;

import io.tributary.data.LearnedSequence;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.WorkTime;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/** What happens in the learner, for those who watch the run. */
public sealed interface LearnerEvent {

  /**
   * The learner, or the evaluator that it waits for, is working: sent at the start of a batch and
   * after every micro-batch.
   */
  enum Active implements LearnerEvent {
    INSTANCE
  }

  /**
   * The learner can take batches: sent once, when no work is pending from before.
   *
   * @param proposalVersion version of the proposal for draws from now on
   * @param finished whether the run has already made its last step
   */
  record Ready(ActorRef<LearnerCommand> learner, long proposalVersion, boolean finished)
      implements LearnerEvent {}

  /**
   * The learner is done with a batch and everything that follows from it, or waits for the disk or
   * for a window.
   *
   * @param time how it spent the time since the previous message of this kind
   */
  record Idle(long step, WorkTime time) implements LearnerEvent {}

  /**
   * Z was estimated from the first draws; training begins.
   *
   * @param weighted those of the sequences with P(x) &gt; 0
   */
  record Bootstrapped(int sequences, int weighted, double partitionFunction, double standardError)
      implements LearnerEvent {}

  /** A gradient step was made, or skipped because something was not finite. */
  record Stepped(
      long step, long sequences, Measurements measurements, boolean finite, Duration duration)
      implements LearnerEvent {}

  /**
   * What the latest step has learned from, for people to read.
   *
   * @param sequences of the batch; only the first ones if it is large
   */
  record SequencesLearned(List<LearnedSequence> sequences) implements LearnerEvent {
    /** The most sequences of a batch that are reported. */
    public static final int MOST = 100;

    public SequencesLearned {
      sequences = List.copyOf(sequences);
    }
  }

  /**
   * The policy was published, and it was decided whether it replaces the proposal.
   *
   * @param policyVersion version that the policy was given; none is given twice
   * @param decision by the estimates, {@link #FORCED} or {@link #GUIDED}
   * @param difference the policy's divergence less the proposal's; NaN where it was not measured
   * @param guideStrength of the proposal, in nats; 0 without a guide
   * @param measurements on held-out sequences; empty where the policy was not judged on them
   */
  record ProposalJudged(
      long step,
      long policyVersion,
      long proposalVersion,
      String decision,
      double difference,
      double guideStrength,
      Measurements measurements)
      implements LearnerEvent {
    /** The base model, which is the policy still, becomes the proposal with a guide. */
    public static final String GUIDED = "GUIDED";

    /** The decision on a replacement that an operator has requested. */
    public static final String FORCED = "FORCED";

    /** Whether the policy is the proposal now. */
    public boolean replaced() {
      return proposalVersion == policyVersion;
    }
  }

  /** The policy was evaluated. */
  record PolicyEvaluated(long step, Measurements measurements) implements LearnerEvent {}

  /**
   * A checkpoint is complete on disk.
   *
   * @param pause the part of {@code duration} during which training stood still
   * @param kept the checkpoints on disk, newest first
   */
  record CheckpointWritten(
      long step, long bytes, Duration duration, Duration pause, List<RunStatus.Checkpoint> kept)
      implements LearnerEvent {
    public CheckpointWritten {
      kept = List.copyOf(kept);
    }

    /** The same checkpoint, for which training stood still for another time. */
    public CheckpointWritten withPause(Duration total) {
      return new CheckpointWritten(step, bytes, duration, total, kept);
    }
  }

  /** A checkpoint could not be written; it is tried again. */
  record CheckpointFailed(long step, String reason) implements LearnerEvent {}

  /** A row could not be written to the run's files, and is lost. */
  record LineLost(long step, String reason) implements LearnerEvent {}
}
