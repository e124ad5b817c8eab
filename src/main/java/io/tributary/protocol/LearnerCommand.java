package io.tributary.protocol;

import io.tributary.data.Batch;
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

  /** Write a checkpoint of the present state; the future tells whether it is complete. */
  record WriteCheckpoint(CompletableFuture<Boolean> written) implements LearnerCommand {}

  /** The sequences that a decision on the proposal waits for are judged. */
  record JudgementDone(EvaluatorCommand.Judged judged) implements LearnerCommand {}

  /** The evaluation that a step waits for is done. */
  record EvaluationDone(EvaluatorCommand.Evaluated evaluation) implements LearnerCommand {}

  /**
   * A batch was learned.
   *
   * @param proposalVersion version of the proposal that draws are to be made with from now on
   * @param finished whether this was the last step of the run
   */
  record BatchLearned(long proposalVersion, boolean finished) {}
}
