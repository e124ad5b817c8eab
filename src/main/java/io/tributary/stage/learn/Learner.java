package io.tributary.stage.learn;

import io.tributary.data.Batch;
import io.tributary.data.DrawOrder;
import io.tributary.data.ScoredDraw;
import io.tributary.metrics.StageMetrics;
import io.tributary.protocol.EvaluatorCommand;
import io.tributary.protocol.EvaluatorCommand.Evaluated;
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
import io.tributary.stage.learn.update.PolicyTrainer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;

/**
 * Takes gradient steps, one batch at a time, and completes what is due {@link AfterBatch after}
 * each before it answers. Further draws are admitted only then, so the course of training does not
 * depend on timing.
 *
 * <p>An operator's requests for another proposal or other settings are fulfilled between two
 * batches. A resumed run first completes what its checkpoint lists as pending.
 *
 * <p>Besides commands, the learner receives replies of the evaluator and messages of its own: hence
 * a behavior of objects, narrowed to the commands.
 */
public final class Learner extends AbstractBehavior<Object> {
  private final TrainingRun run;
  private final ActorRef<LearnerEvent> events;
  private final LearnerReport report;
  private final CheckpointWriter checkpoints;
  private final AfterBatch after;
  private @Nullable CompletableFuture<BatchLearned> pending; // null while a resumed run catches up
  private final List<CompletableFuture<ProposalSwapped>> swaps = new ArrayList<>();
  private @Nullable LearnerSettings adjustment;

  /**
   * A learner, which reports with {@link LearnerEvent.Ready} when it can take batches.
   *
   * @param run makes the state of training; called on the learner's thread
   * @param windows draws and scores a window; see {@link AfterBatch}
   * @param events receives everything that happens
   */
  public static Behavior<LearnerCommand> create(
      Supplier<TrainingRun> run,
      StepSchedule schedule,
      ActorRef<PublisherCommand> publisher,
      Function<DrawOrder, CompletionStage<ScoredDraw>> windows,
      ActorRef<EvaluatorCommand> evaluator,
      ActorRef<LearnerEvent> events,
      StageMetrics metrics) {
    return Behaviors.setup(
            (ActorContext<Object> context) ->
                new Learner(
                    context, run.get(), schedule, publisher, windows, evaluator, events, metrics))
        .narrow();
  }

  private Learner(
      ActorContext<Object> context,
      TrainingRun run,
      StepSchedule schedule,
      ActorRef<PublisherCommand> publisher,
      Function<DrawOrder, CompletionStage<ScoredDraw>> windows,
      ActorRef<EvaluatorCommand> evaluator,
      ActorRef<LearnerEvent> events,
      StageMetrics metrics) {
    super(context);
    context.setLoggerName(Learner.class);
    this.run = run;
    this.events = events;
    this.report = new LearnerReport(run, events::tell, metrics);
    this.checkpoints =
        new CheckpointWriter(
            run,
            context.getSystem().dispatchers().lookup(DispatcherSelector.blocking()),
            context.getSelf()::tell,
            events::tell);
    this.after =
        new AfterBatch(
            run,
            schedule,
            publisher,
            windows,
            evaluator,
            context.getSelf(),
            report,
            checkpoints,
            this::answer);
    if (!after.catchUp()) {
      sayReady();
    }
  }

  private void sayReady() {
    events.tell(
        new LearnerEvent.Ready(
            getContext().getSelf().narrow(),
            run.proposal().version().number(),
            run.isBegun() && after.schedule().isLast(run.step())));
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Learn.class, command -> then(() -> learn(command)))
        .onMessage(AfterBatch.WindowEnded.class, end -> then(() -> after.windowEnded(end)))
        .onMessage(Evaluated.class, evaluation -> then(() -> after.evaluated(evaluation)))
        .onMessage(CheckpointWriter.Ended.class, end -> then(() -> after.checkpointEnded(end)))
        .onMessage(WriteCheckpoint.class, command -> then(() -> save(command.done())))
        .onMessage(SwapProposal.class, command -> then(() -> swapProposal(command.done())))
        .onMessage(Adjust.class, command -> then(() -> adjust(command.settings())))
        .onSignal(PostStop.class, signal -> onEnd())
        .build();
  }

  /** What makes the learner fail is also the answer to its batch. */
  private Behavior<Object> then(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      if (pending != null) {
        pending.completeExceptionally(e);
      }
      throw e;
    }
    return this;
  }

  private void learn(Learn command) {
    long start = System.nanoTime();
    report.begins(command.batch().sequences().size());
    pending = command.done();
    if (command.batch() instanceof Batch.Training training) {
      step(training, command.used(), start);
      after.stepped();
    } else if (command.batch() instanceof Batch.Bootstrap bootstrap) {
      run.bootstrap(bootstrap, report::active);
      command.used().run();
      report.bootstrapped(bootstrap.sequences());
      after.bootstrapped();
    }
  }

  private void step(Batch.Training batch, Runnable used, long start) {
    PolicyTrainer.Step step = run.learn(batch, report::active);
    used.run();
    report.stepped(step, batch, Duration.ofNanos(System.nanoTime() - start));
    run.requireFiniteSteps();
    StepSchedule schedule = after.schedule();
    if (schedule.isEvaluationDue(run.step())) {
      report.samples(batch, schedule.settings().samplesPerInterval());
    }
  }

  /** Everything that follows from the batch is done. */
  private void answer() {
    swaps.forEach(this::swapProposal);
    swaps.clear();
    if (adjustment != null) {
      adjust(adjustment);
    }
    report.awaitsBatch();
    CompletableFuture<BatchLearned> answer = pending;
    pending = null;
    if (answer == null) {
      sayReady();
    } else {
      long proposal = run.proposal().version().number();
      answer.complete(new BatchLearned(proposal, after.schedule().isLast(run.step())));
    }
  }

  private void save(CompletableFuture<Saved> done) {
    checkpoints.save(after.schedule(), done);
  }

  /** The proposal can't be replaced while the policy is judged on sequences of it. */
  private void swapProposal(CompletableFuture<ProposalSwapped> done) {
    if (!after.isDone()) {
      swaps.add(done);
      return;
    }
    long step = run.step();
    if (step > 0) {
      after.forceProposal();
    }
    OptionalLong version =
        step > 0 ? OptionalLong.of(run.proposal().version().number()) : OptionalLong.empty();
    CompletableFuture<Saved> saved = new CompletableFuture<>();
    var unused = saved.thenAccept(it -> done.complete(new ProposalSwapped(step, version, it)));
    save(saved);
  }

  private void adjust(LearnerSettings settings) {
    if (!after.isDone()) {
      adjustment = settings;
      return;
    }
    adjustment = null;
    after.adjust(settings);
    run.adjust(settings);
  }

  private Behavior<Object> onEnd() {
    var stopped = new IllegalStateException("the learner has stopped");
    if (pending != null) {
      pending.completeExceptionally(stopped);
    }
    swaps.forEach(swap -> swap.completeExceptionally(stopped));
    checkpoints.stop();
    report.stopped();
    run.close();
    return this;
  }
}
