package io.tributary.protocol;

import io.tributary.data.Batch;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** What the learner is told. */
public sealed interface LearnerCommand {

  /**
   * Learn from a batch; the future completes when everything that it leads to is decided and done:
   * publication, replacement of the proposal, evaluation, checkpoint.
   *
   * @param used called on the learner's thread once the batch has been used, before all that
   */
  record Learn(Batch batch, Runnable used, CompletableFuture<BatchLearned> done)
      implements LearnerCommand {}

  /** Write a checkpoint of the present state; the future tells what became of it. */
  record WriteCheckpoint(CompletableFuture<Saved> done) implements LearnerCommand {}

  /**
   * Make the policy the proposal, whichever is closer to p, between two batches; the future
   * completes after a checkpoint of it has been written, or has failed.
   */
  record SwapProposal(CompletableFuture<ProposalSwapped> done) implements LearnerCommand {}

  /** Use these settings from the next step on. */
  record Adjust(LearnerSettings settings) implements LearnerCommand {}

  /**
   * A batch was learned, and everything it led to is decided: publication and replacement of the
   * proposal too.
   *
   * @param proposalVersion version of the proposal that draws are to be made with from now on
   * @param finished whether this was the last step of the run
   */
  record BatchLearned(long proposalVersion, boolean finished) {}

  /** What became of a checkpoint that was asked for. */
  sealed interface Saved {}

  /** It is complete on disk. */
  record CheckpointSaved(long step) implements Saved {}

  /**
   * None was written, and none is needed.
   *
   * @param reason why not
   */
  record NothingToSave(String reason) implements Saved {}

  /**
   * It could not be written; it is tried again.
   *
   * @param reason why not
   */
  record CheckpointFailed(String reason) implements Saved {}

  /**
   * The outcome of {@link SwapProposal}.
   *
   * @param step the learner's
   * @param version of the new proposal; empty if the policy is still the base model, so that there
   *     is nothing to swap
   * @param saved what became of the checkpoint that keeps it
   */
  record ProposalSwapped(long step, OptionalLong version, Saved saved) {}
}
