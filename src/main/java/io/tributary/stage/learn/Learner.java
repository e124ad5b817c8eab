package io.tributary.stage.learn;

import io.tributary.data.Batch;
import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.StageMetrics;
import io.tributary.metrics.WorkClock;
import io.tributary.protocol.EvaluatorCommand;
import io.tributary.protocol.EvaluatorCommand.Evaluate;
import io.tributary.protocol.EvaluatorCommand.Evaluated;
import io.tributary.protocol.EvaluatorCommand.Judge;
import io.tributary.protocol.EvaluatorCommand.Judged;
import io.tributary.protocol.LearnerCommand;
import io.tributary.protocol.LearnerCommand.Adjust;
import io.tributary.protocol.LearnerCommand.BatchLearned;
import io.tributary.protocol.LearnerCommand.Learn;
import io.tributary.protocol.LearnerCommand.LearnerSettings;
import io.tributary.protocol.LearnerCommand.ProposalSwapped;
import io.tributary.protocol.LearnerCommand.Saved;
import io.tributary.protocol.LearnerCommand.SwapProposal;
import io.tributary.protocol.LearnerCommand.WriteCheckpoint;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.PublisherCommand;
import io.tributary.protocol.PublisherCommand.ReplaceProposal;
import io.tributary.stage.learn.checkpoint.LearnerState.PendingWork;
import io.tributary.stage.learn.update.PolicyTrainer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;

/**
 * Takes gradient steps, one batch at a time, and completes what is due after each before it
 * answers. Further draws are admitted only then, so the course of training does not depend on
 * timing. {@link Phase} gives the order.
 *
 * <p>A checkpoint is copied at once and, unless configured otherwise, written while training
 * continues; if the next one is due before it is written, training waits. An operator's requests
 * for another proposal or other settings are fulfilled between two batches. A resumed run first
 * completes what its checkpoint lists as pending.
 *
 * <p>Besides commands, the learner receives replies of the evaluator and messages of its own: hence
 * a behavior of objects, narrowed to the commands.
 */
public final class Learner extends AbstractBehavior<Object> {
  /** The decision reported for a replacement that an operator has requested. */
  public static final String FORCED = "FORCED";

  /** What follows a batch, in this order; the learner may have to wait in each. */
  private enum Phase {
    /** The policy is judged, published, and made the proposal if it is closer to the target. */
    PUBLICATION,
    /** The policy is measured on samples of its own. */
    EVALUATION,
    /** The previous checkpoint is on disk, if the next one is due. */
    PREVIOUS_CHECKPOINT,
    /** A checkpoint is copied, and on disk if training is to wait for it. */
    CHECKPOINT,
    /** Requests are fulfilled, the batch is answered, and the next one may come. */
    NEXT_BATCH
  }

  private final TrainingRun run;
  private StepSchedule schedule;
  private final ActorRef<PublisherCommand> publisher;
  private final ActorRef<EvaluatorCommand> evaluator;
  private final ActorRef<LearnerEvent> events;
  private final StageMetrics metrics;
  private final WorkClock clock;
  private final LearnerReport report;
  private final CheckpointWriter checkpoints;
  private Phase phase = Phase.NEXT_BATCH;
  private @Nullable CompletableFuture<BatchLearned> pending; // null while a resumed run catches up
  private final List<CompletableFuture<ProposalSwapped>> swaps = new ArrayList<>();
  private @Nullable LearnerSettings adjustment;

  /**
   * A learner, which reports with {@link LearnerEvent.Ready} when it can take batches.
   *
   * @param run makes the state of training; called on the learner's thread
   * @param events receives everything that happens
   */
  public static Behavior<LearnerCommand> create(
      Supplier<TrainingRun> run,
      StepSchedule schedule,
      ActorRef<PublisherCommand> publisher,
      ActorRef<EvaluatorCommand> evaluator,
      ActorRef<LearnerEvent> events,
      StageMetrics metrics) {
    return Behaviors.setup(
            (ActorContext<Object> context) ->
                new Learner(context, run.get(), schedule, publisher, evaluator, events, metrics))
        .narrow();
  }

  private Learner(
      ActorContext<Object> context,
      TrainingRun run,
      StepSchedule schedule,
      ActorRef<PublisherCommand> publisher,
      ActorRef<EvaluatorCommand> evaluator,
      ActorRef<LearnerEvent> events,
      StageMetrics metrics) {
    super(context);
    context.setLoggerName(Learner.class);
    this.run = run;
    this.schedule = schedule;
    this.publisher = publisher;
    this.evaluator = evaluator;
    this.events = events;
    this.metrics = metrics;
    this.clock = metrics.clock();
    clock.waitFor(BlockedReason.INPUT);
    this.report = new LearnerReport(run, events::tell);
    this.checkpoints =
        new CheckpointWriter(
            run,
            context.getSystem().dispatchers().lookup(DispatcherSelector.blocking()),
            context.getSelf()::tell,
            events::tell);
    publisher.tell(new ReplaceProposal(run.proposal()));
    switch (run.pendingWork()) {
      case JUDGEMENT -> judge();
      case EVALUATION -> evaluate();
      case NOTHING -> sayReady();
    }
  }

  private void sayReady() {
    events.tell(
        new LearnerEvent.Ready(
            getContext().getSelf().narrow(),
            run.proposal().version().number(),
            run.isBegun() && schedule.isLast(run.step())));
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Learn.class, this::onLearn)
        .onMessage(Judged.class, this::onJudged)
        .onMessage(Evaluated.class, this::onEvaluated)
        .onMessage(CheckpointWriter.Ended.class, this::onCheckpointEnded)
        .onMessage(WriteCheckpoint.class, this::onWriteCheckpoint)
        .onMessage(SwapProposal.class, this::onSwapProposal)
        .onMessage(Adjust.class, this::onAdjust)
        .onSignal(PreRestart.class, signal -> onEnd())
        .onSignal(PostStop.class, signal -> onEnd())
        .build();
  }

  private Behavior<Object> onLearn(Learn command) {
    clock.work();
    long start = System.nanoTime();
    metrics.inflight(command.batch().sequences().size());
    report.active();
    pending = command.done();
    try {
      if (command.batch() instanceof Batch.Training training) {
        step(training, command.used(), start);
        proceed(Phase.PUBLICATION);
      } else if (command.batch() instanceof Batch.Bootstrap bootstrap) {
        run.bootstrap(bootstrap);
        command.used().run();
        report.bootstrapped(bootstrap.sequences().size());
        proceed(Phase.EVALUATION);
      }
    } catch (RuntimeException e) {
      command.done().completeExceptionally(e);
      throw e;
    }
    return this;
  }

  private void step(Batch.Training batch, Runnable used, long start) {
    PolicyTrainer.Step step = run.learn(batch, report::active);
    used.run();
    report.stepped(step, batch, Duration.ofNanos(System.nanoTime() - start));
    run.requireFiniteSteps();
    if (schedule.isEvaluationDue(run.step())) {
      report.samples(batch, schedule.settings().samplesPerInterval());
    }
  }

  /**
   * Does what is due after a batch, from one phase on until something has to be waited for; the end
   * of the wait proceeds with the phase after it.
   */
  private void proceed(Phase first) {
    for (Phase next : EnumSet.range(first, Phase.NEXT_BATCH)) {
      boolean waits =
          switch (next) {
            case PUBLICATION -> schedule.isPublicationDue(run.step()) && publish();
            case EVALUATION -> schedule.isEvaluationDue(run.step()) && evaluate();
            case PREVIOUS_CHECKPOINT -> awaitPreviousCheckpoint();
            case CHECKPOINT -> checkpoint();
            case NEXT_BATCH -> awaitBatch();
          };
      if (waits) {
        return;
      }
    }
  }

  /** Returns true, so that a phase can end with it. */
  private boolean await(Phase what, BlockedReason reason) {
    phase = what;
    clock.waitFor(reason);
    return true;
  }

  private boolean publish() {
    if (run.awaitsFreshWindow()) {
      return judge();
    }
    published(run.judgeProposal());
    return false;
  }

  private boolean judge() {
    run.pendingWork(PendingWork.JUDGEMENT);
    report.active();
    evaluator.tell(
        new Judge(run.step(), run.proposal(), run.policy(), getContext().getSelf().narrow()));
    return await(Phase.PUBLICATION, BlockedReason.EVALUATION);
  }

  private Behavior<Object> onJudged(Judged judged) {
    clock.work();
    published(run.judgeProposal(judged.logWeights(), judged.logPolicyRatios()));
    proceed(Phase.EVALUATION);
    return this;
  }

  private void published(TrainingRun.Judgement judgement) {
    published(
        judgement.policyVersion(),
        judgement.verdict().decision().name(),
        judgement.verdict().difference().value());
  }

  private void published(long version, String decision, double difference) {
    report.judged(version, decision, difference);
    if (run.proposal().version().number() == version) {
      publisher.tell(new ReplaceProposal(run.proposal()));
    }
  }

  private boolean evaluate() {
    run.pendingWork(PendingWork.EVALUATION);
    report.active();
    evaluator.tell(
        new Evaluate(
            run.step(), run.policy(), run.partitionFunction(), getContext().getSelf().narrow()));
    return await(Phase.EVALUATION, BlockedReason.EVALUATION);
  }

  private Behavior<Object> onEvaluated(Evaluated evaluation) {
    clock.work();
    run.evaluated(evaluation.measurements());
    report.evaluated(evaluation);
    proceed(Phase.PREVIOUS_CHECKPOINT);
    return this;
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
    boolean hasCaughtUp = pending == null;
    return (hasCaughtUp && schedule.writesCheckpoints()) || checkpoints.isDue(schedule);
  }

  /** The learner is idle meanwhile, so however slow the disk is, it is not taken to hang. */
  private boolean awaitDisk(Phase what) {
    await(what, BlockedReason.CHECKPOINT);
    report.idle(clock.take());
    checkpoints.await();
    return true;
  }

  private Behavior<Object> onCheckpointEnded(CheckpointWriter.Ended end) {
    checkpoints.hear(end);
    if (phase == Phase.PREVIOUS_CHECKPOINT || phase == Phase.CHECKPOINT) {
      clock.work();
      report.active();
      proceed(phase == Phase.CHECKPOINT ? Phase.NEXT_BATCH : Phase.CHECKPOINT);
    }
    if (checkpoints.isRequested() && !checkpoints.isBusy()) {
      checkpoints.write();
    }
    return this;
  }

  private boolean awaitBatch() {
    swaps.forEach(this::swap);
    swaps.clear();
    if (adjustment != null) {
      adjust(adjustment);
    }
    metrics.inflight(0);
    await(Phase.NEXT_BATCH, BlockedReason.INPUT);
    report.idle(clock.take());
    CompletableFuture<BatchLearned> answer = pending;
    pending = null;
    if (answer == null) {
      sayReady();
    } else {
      answer.complete(
          new BatchLearned(run.proposal().version().number(), schedule.isLast(run.step())));
    }
    return true;
  }

  private Behavior<Object> onWriteCheckpoint(WriteCheckpoint command) {
    checkpoints.save(schedule, command.done());
    return this;
  }

  /** The proposal can't be replaced while the evaluator judges sequences of it. */
  private Behavior<Object> onSwapProposal(SwapProposal command) {
    if (phase == Phase.NEXT_BATCH) {
      swap(command.done());
    } else {
      swaps.add(command.done());
    }
    return this;
  }

  private void swap(CompletableFuture<ProposalSwapped> done) {
    long step = run.step();
    if (step > 0) {
      run.forceProposal();
      published(run.proposal().version().number(), FORCED, Double.NaN);
    }
    OptionalLong version =
        step > 0 ? OptionalLong.of(run.proposal().version().number()) : OptionalLong.empty();
    CompletableFuture<Saved> saved = new CompletableFuture<>();
    var unused = saved.thenAccept(it -> done.complete(new ProposalSwapped(step, version, it)));
    checkpoints.save(schedule, saved);
  }

  private Behavior<Object> onAdjust(Adjust command) {
    if (phase == Phase.NEXT_BATCH) {
      adjust(command.settings());
    } else {
      adjustment = command.settings();
    }
    return this;
  }

  private void adjust(LearnerSettings settings) {
    adjustment = null;
    schedule = schedule.with(settings);
    run.adjust(settings);
  }

  private Behavior<Object> onEnd() {
    var stopped = new IllegalStateException("the learner has stopped");
    if (pending != null) {
      pending.completeExceptionally(stopped);
    }
    swaps.forEach(swap -> swap.completeExceptionally(stopped));
    checkpoints.stop();
    clock.close();
    metrics.inflight(0);
    run.close();
    return this;
  }
}
