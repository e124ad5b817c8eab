package io.tributary.protocol;

import io.tributary.data.Batch;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Commands to the learner. */
public sealed interface LearnerCommand {

  /**
   * Learn from a batch; the future completes when everything that follows from it is done:
   * publication, replacement of the proposal, evaluation, checkpoint.
   *
   * @param used called on the learner's thread as soon as the batch is no longer needed
   */
  record Learn(Batch batch, Runnable used, CompletableFuture<BatchLearned> done)
      implements LearnerCommand {}

  /** Write a checkpoint of the current state; the future completes with the outcome. */
  record WriteCheckpoint(CompletableFuture<Saved> done) implements LearnerCommand {}

  /**
   * Make the policy the proposal, whichever is closer to p, between two batches; the future
   * completes after a checkpoint of it has been written, or has failed.
   */
  record SwapProposal(CompletableFuture<ProposalSwapped> done) implements LearnerCommand {}

  /** Use these settings from the next step on. */
  record Adjust(LearnerSettings settings) implements LearnerCommand {}

  /**
   * A batch was learned, and everything that follows from it is done.
   *
   * @param proposalVersion version of the proposal for draws from now on
   * @param finished whether this was the last step of the run
   */
  record BatchLearned(long proposalVersion, boolean finished) {}

  /** The outcome of a checkpoint that was asked for. */
  sealed interface Saved {}

  /** It is complete on disk. */
  record CheckpointSaved(long step) implements Saved {}

  /** None was written, and none is needed. */
  record NothingToSave(String reason) implements Saved {}

  /** It could not be written; it is tried again. */
  record CheckpointFailed(String reason) implements Saved {}

  /**
   * The outcome of {@link SwapProposal}.
   *
   * @param step the learner's
   * @param version of the new proposal; empty if the policy is still the base model, so that there
   *     is nothing to swap
   * @param saved the outcome of the checkpoint that keeps it
   */
  record ProposalSwapped(long step, OptionalLong version, Saved saved) {}

  /**
   * The settings of the learner that can be changed during a run.
   *
   * @param learningRate the highest of the schedule
   * @param publishInterval steps between two publications
   * @param evaluationInterval steps between two evaluations
   * @param checkpointInterval steps between two checkpoints; 0 for no checkpoint at all
   * @param checkpointTime time after a checkpoint at which the next one is due in any case
   * @param gradientVarianceInterval steps between two measurements of the gradient's variance; 0
   *     for none
   * @param samplesPerInterval sequences written for people to read, per interval of the evaluation
   */
  record LearnerSettings(
      double learningRate,
      int publishInterval,
      int evaluationInterval,
      int checkpointInterval,
      Duration checkpointTime,
      int gradientVarianceInterval,
      int samplesPerInterval) {}
}
