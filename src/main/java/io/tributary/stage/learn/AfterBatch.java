package io.tributary.stage.learn;

import io.tributary.data.DrawOrder;
import io.tributary.data.ScoredDraw;
import io.tributary.protocol.EvaluatorCommand;
import io.tributary.protocol.EvaluatorCommand.Evaluate;
import io.tributary.protocol.EvaluatorCommand.Evaluated;
import io.tributary.protocol.LearnerCommand.LearnerSettings;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.PublisherCommand;
import io.tributary.protocol.PublisherCommand.ReplaceProposal;
import io.tributary.stage.learn.checkpoint.LearnerState.PendingWork;
import java.util.EnumSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * Does what is due after a batch, in the order of {@link Phase}: publishes the policy, has it
 * evaluated, writes checkpoints. Where it has to wait, it returns, and the message that ends the
 * wait continues with the next phase. For the learner's thread.
 *
 * <p>A checkpoint is copied at once and, unless configured otherwise, written while training
 * continues; if the next one is due before it is written, training waits.
 */
final class AfterBatch {
  private enum Phase {
    /** The policy is judged, published, and made the proposal if it is closer to the target. */
    PUBLICATION,
    /** The policy is evaluated. */
    EVALUATION,
    /** The previous checkpoint is on disk, if the next one is due. */
    PREVIOUS_CHECKPOINT,
    /** A checkpoint is copied, and on disk if training is to wait for it. */
    CHECKPOINT,
    /** All is done, and the next batch may come. */
    NEXT_BATCH
  }

  /** A window is drawn and scored, or has failed. */
  record WindowEnded(@Nullable ScoredDraw window, @Nullable Throwable failure) {}

  private final TrainingRun run;
  private StepSchedule schedule;
  private final ActorRef<PublisherCommand> publisher;
  private final Function<DrawOrder, CompletionStage<ScoredDraw>> windows;
  private final ActorRef<EvaluatorCommand> evaluator;
  private final ActorRef<Object> learner;
  private final LearnerReport report;
  private final CheckpointWriter checkpoints;
  private final Runnable done;
  private Phase phase = Phase.NEXT_BATCH;
  private boolean catchesUp; // with what the checkpoint of a resumed run lists as pending

  /**
   * @param windows draws and scores a window; completes with a failure, or never, if the stream is
   *     stopped first
   * @param learner receives replies, and passes them on to this
   * @param done called each time that all is done
   */
  AfterBatch(
      TrainingRun run,
      StepSchedule schedule,
      ActorRef<PublisherCommand> publisher,
      Function<DrawOrder, CompletionStage<ScoredDraw>> windows,
      ActorRef<EvaluatorCommand> evaluator,
      ActorRef<Object> learner,
      LearnerReport report,
      CheckpointWriter checkpoints,
      Runnable done) {
    this.run = run;
    this.schedule = schedule;
    this.publisher = publisher;
    this.windows = windows;
    this.evaluator = evaluator;
    this.learner = learner;
    this.report = report;
    this.checkpoints = checkpoints;
    this.done = done;
    publisher.tell(new ReplaceProposal(run.proposal()));
  }

  StepSchedule schedule() {
    return schedule;
  }

  void adjust(LearnerSettings settings) {
    schedule = schedule.with(settings);
  }

  /** Whether nothing is left to do, but for a checkpoint that training does not wait for. */
  boolean isDone() {
    return phase == Phase.NEXT_BATCH;
  }

  /** Begins what the checkpoint of a resumed run lists as pending; false if there is nothing. */
  boolean catchUp() {
    catchesUp =
        switch (run.pendingWork()) {
          case JUDGEMENT -> judge();
          case EVALUATION -> evaluate();
          case NOTHING -> false;
        };
    return catchesUp;
  }

  /** Z has been estimated from the first draws. */
  void bootstrapped() {
    LearnerEvent.ProposalJudged guided = run.guideProposal();
    if (guided != null) {
      published(guided);
    }
    proceed(Phase.EVALUATION);
  }

  /** A step has been made. */
  void stepped() {
    proceed(Phase.PUBLICATION);
  }

  /** Does what is due from one phase on, until something has to be waited for. */
  private void proceed(Phase first) {
    for (Phase next : EnumSet.range(first, Phase.NEXT_BATCH)) {
      boolean waits =
          switch (next) {
            case PUBLICATION -> schedule.isPublicationDue(run.step()) && publish();
            case EVALUATION -> schedule.isEvaluationDue(run.step()) && evaluate();
            case PREVIOUS_CHECKPOINT -> awaitPreviousCheckpoint();
            case CHECKPOINT -> checkpoint();
            case NEXT_BATCH -> finish();
          };
      if (waits) {
        return;
      }
    }
  }

  private boolean publish() {
    if (run.awaitsFreshWindow()) {
      return judge();
    }
    published(run.judgeProposal(report::active));
    return false;
  }

  private boolean judge() {
    phase = Phase.PUBLICATION;
    run.pendingWork(PendingWork.JUDGEMENT);
    report.awaitsWindow();
    var unused =
        windows
            .apply(run.windowOrder())
            .whenComplete((window, failure) -> learner.tell(new WindowEnded(window, failure)));
    return true;
  }

  void windowEnded(WindowEnded end) {
    ScoredDraw window = end.window();
    if (window == null) {
      noWindow(end.failure());
      return;
    }
    report.works();
    published(run.judgeProposal(window, report::active));
    proceed(Phase.EVALUATION);
  }

  private static void noWindow(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof CancellationException) {
      return; // who has stopped the stream will stop the learner
    }
    throw cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
  }

  /** Publishes the policy and makes it the proposal, whichever is closer to the target. */
  void forceProposal() {
    published(run.forceProposal());
  }

  private void published(LearnerEvent.ProposalJudged judged) {
    report.judged(judged);
    if (judged.replaced()) {
      publisher.tell(new ReplaceProposal(run.proposal()));
    }
  }

  private boolean evaluate() {
    phase = Phase.EVALUATION;
    run.pendingWork(PendingWork.EVALUATION);
    report.awaitsEvaluator();
    evaluator.tell(
        new Evaluate(
            run.step(),
            run.policy(),
            run.partitionFunction(),
            run.targetSample(),
            learner.narrow()));
    return true;
  }

  void evaluated(Evaluated evaluation) {
    report.works();
    run.evaluated(evaluation.measurements());
    report.evaluated(evaluation);
    proceed(Phase.PREVIOUS_CHECKPOINT);
  }

  private boolean awaitPreviousCheckpoint() {
    run.pendingWork(PendingWork.NOTHING);
    return isCheckpointDue() && checkpoints.isBusy() && awaitDisk(Phase.PREVIOUS_CHECKPOINT);
  }

  private boolean checkpoint() {
    boolean due = isCheckpointDue();
    if (!checkpoints.isBusy() && (due || checkpoints.isRequested())) {
      checkpoints.write();
    }
    return due && !schedule.checkpointsInBackground() && awaitDisk(Phase.CHECKPOINT);
  }

  private boolean isCheckpointDue() {
    return (catchesUp && schedule.writesCheckpoints()) || checkpoints.isDue(schedule);
  }

  private boolean awaitDisk(Phase what) {
    phase = what;
    report.awaitsDisk();
    checkpoints.await();
    return true;
  }

  void checkpointEnded(CheckpointWriter.Ended end) {
    checkpoints.hear(end);
    if (phase == Phase.PREVIOUS_CHECKPOINT || phase == Phase.CHECKPOINT) {
      report.works();
      proceed(phase == Phase.CHECKPOINT ? Phase.NEXT_BATCH : Phase.CHECKPOINT);
    }
    if (checkpoints.isRequested() && !checkpoints.isBusy()) {
      checkpoints.write();
    }
  }

  private boolean finish() {
    phase = Phase.NEXT_BATCH;
    catchesUp = false;
    done.run();
    return true;
  }
}
