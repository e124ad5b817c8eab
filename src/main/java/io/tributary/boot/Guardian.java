package io.tributary.boot;

import io.tributary.config.TributaryConfig;
import io.tributary.data.LogMarkers;
import io.tributary.data.RunFailedException;
import io.tributary.data.ServiceState;
import io.tributary.learn.LearnerState;
import io.tributary.metrics.DropReason;
import io.tributary.metrics.FailureReason;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.Stage;
import io.tributary.pipeline.WorkerLost;
import io.tributary.protocol.EvaluatorCommand;
import io.tributary.protocol.EvaluatorCommand.Compared;
import io.tributary.protocol.LearnerCommand;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.ProposalConfirmed;
import io.tributary.protocol.PublisherCommand;
import io.tributary.publish.Publisher;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parent of all actors of a run: starts them, replaces samplers and scorers that fail or hang,
 * restarts the learner from the last checkpoint a limited number of times, ends the run.
 */
final class Guardian extends AbstractBehavior<Guardian.Command> {

  /** What the guardian is told. */
  sealed interface Command {}

  /** Start the run; nothing happens before. */
  enum Begin implements Command {
    INSTANCE
  }

  /** Finish what is in flight, write a checkpoint, and end. */
  enum Drain implements Command {
    INSTANCE
  }

  private record LearnerSpoke(LearnerEvent event) implements Command {}

  private record WorkerHangs(WorkerLost lost) implements Command {}

  private record SamplersConfirmed(ProposalConfirmed confirmation) implements Command {}

  private record StreamEnded(StreamParts parts, @Nullable Throwable failure) implements Command {}

  private record TextsCompared(Compared texts) implements Command {}

  private record LastCheckpoint(boolean written) implements Command {}

  private enum LetGo implements Command {
    INSTANCE
  }

  private enum TimeOver implements Command {
    INSTANCE
  }

  private enum CheckProgress implements Command {
    INSTANCE
  }

  /**
   * What a run consists of.
   *
   * @param workers behaviours of samplers and scorers
   */
  record Plan(
      TributaryConfig config,
      TrainingParts parts,
      Workers workers,
      RunDirectory directory,
      RunMetrics metrics,
      RunWatch watch,
      StreamMetrics streamMetrics) {}

  /** The context's own logger is the one that failures of children are logged with. */
  private static final Logger LOG = LoggerFactory.getLogger(Guardian.class);

  /** Texts of either model that are shown at the end. */
  private static final int COMPARED_TEXTS = 10;

  /** The comparison is a courtesy: a run does not wait longer for it. */
  private static final Duration COMPARISON_TIME = Duration.ofMinutes(5);

  private final Plan plan;
  private final TributaryConfig config;
  private final RunMetrics metrics;
  private final RunWatch watch;
  private final CompletableFuture<Void> outcome;
  private final TimerScheduler<Command> timers;
  private final ActorRef<WorkerLost> lostWorkers;
  private final ActorRef<PublisherCommand> publisher;
  private final Workforce workforce;
  private final TrainingCore core;
  private final Vigil vigil;
  private ProposalConfirmed confirmed = new ProposalConfirmed(0, Map.of());
  private LearnerEvent.@Nullable Ready learnerReady;
  private @Nullable StreamParts stream;
  private @Nullable Throwable recovering;
  private boolean draining;
  private boolean finished;
  private boolean comparing;
  private boolean ended;

  /**
   * A guardian, which starts the run when it is told to {@link Begin}.
   *
   * @param from where the run goes on; null at its beginning
   * @param outcome completed when the run has ended, with the failure if it failed
   */
  static Behavior<Command> create(
      Plan plan, @Nullable LearnerState from, CompletableFuture<Void> outcome) {
    Behavior<Command> begun =
        Behaviors.setup(
            context ->
                Behaviors.withTimers(timers -> new Guardian(context, timers, plan, from, outcome)));
    return Behaviors.receive(Command.class)
        .onMessageEquals(Begin.INSTANCE, () -> begun)
        .onMessageEquals(
            Drain.INSTANCE,
            () -> {
              plan.watch().state(ServiceState.DRAINING, null);
              outcome.complete(null);
              return Behaviors.same();
            })
        .build();
  }

  private Guardian(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Plan plan,
      @Nullable LearnerState from,
      CompletableFuture<Void> outcome) {
    super(context);
    this.timers = timers;
    this.plan = plan;
    this.config = plan.config();
    this.metrics = plan.metrics();
    this.watch = plan.watch();
    this.outcome = outcome;
    this.lostWorkers = context.messageAdapter(WorkerLost.class, WorkerHangs::new);
    this.publisher =
        context.spawn(
            Publisher.create(
                config.publish().timeout(),
                metrics.weights(),
                context.messageAdapter(ProposalConfirmed.class, SamplersConfirmed::new)),
            "publisher");
    context.watch(publisher);
    this.workforce = new Workforce(context, config, plan.workers(), metrics);
    this.core =
        new TrainingCore(
            context,
            plan,
            from,
            publisher,
            context.messageAdapter(LearnerEvent.class, LearnerSpoke::new));
    this.vigil = new Vigil(config.stream().stallTimeout(), config.publish().timeout());
    timers.startTimerWithFixedDelay(CheckProgress.INSTANCE, vigil.interval());
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(LearnerSpoke.class, this::onLearnerSpoke)
        .onMessage(SamplersConfirmed.class, this::onSamplersConfirmed)
        .onMessage(WorkerHangs.class, this::onWorkerHangs)
        .onMessage(StreamEnded.class, this::onStreamEnded)
        .onMessage(TextsCompared.class, this::onTextsCompared)
        .onMessage(Drain.class, drain -> onDrain())
        .onMessage(LetGo.class, letGo -> onLetGo())
        .onMessage(LastCheckpoint.class, this::onLastCheckpoint)
        .onMessage(TimeOver.class, over -> onTimeOver())
        .onMessage(CheckProgress.class, check -> onCheckProgress())
        .onSignal(Terminated.class, this::onTerminated)
        .build();
  }

  private Behavior<Command> onLearnerSpoke(LearnerSpoke spoke) {
    if (ended) {
      return this;
    }
    watch.event(spoke.event());
    vigil.hear(spoke.event());
    if (spoke.event() instanceof LearnerEvent.Ready ready
        && ready.learner().equals(core.learner())) {
      learnerReady = ready;
      startStream();
    }
    return this;
  }

  private Behavior<Command> onSamplersConfirmed(SamplersConfirmed message) {
    confirmed = message.confirmation();
    watch.confirmed(confirmed);
    startStream();
    return this;
  }

  /** The stream starts when a sampler has the proposal that the learner is ready with. */
  private void startStream() {
    LearnerEvent.Ready ready = learnerReady;
    if (ready == null || stream != null || recovering != null || draining || finished || ended) {
      return;
    }
    if (ready.finished()) {
      finished = true; // all that was left to do was owed from before
      writeLastCheckpoint();
      return;
    }
    if (confirmed.version() == ready.proposalVersion() && confirmed.confirmed() > 0) {
      StreamParts started =
          StreamParts.start(
              getContext(),
              config,
              core.from(),
              ready.proposalVersion(),
              io.tributary.data.Paused.NONE,
              plan.parts().model().vocabulary(),
              core.learner(),
              lostWorkers,
              plan.streamMetrics());
      stream = started;
      vigil.streamStarted();
      getContext()
          .pipeToSelf(
              started.stream().completion(), (done, failure) -> new StreamEnded(started, failure));
    }
  }

  private Behavior<Command> onWorkerHangs(WorkerHangs message) {
    try {
      workforce.lost(message.lost());
    } catch (RunFailedException e) {
      fail(e);
    }
    return this;
  }

  private Behavior<Command> onTerminated(Terminated signal) {
    ActorRef<?> gone = signal.getRef();
    Throwable cause =
        signal instanceof ChildFailed failed
            ? FailureCause.of(failed.getCause())
            : new IllegalStateException(gone.path().name() + " has stopped");
    if (ended) {
      return this;
    }
    if (comparing) {
      LOG.warn("the run is complete, but texts can't be compared", cause);
      end();
    } else if (workforce.holds(gone)) {
      replaceWorker(gone, cause);
    } else if (gone.equals(publisher)) {
      fail(cause);
    } else if (gone.equals(core.learner()) && recovering != null) {
      restart(recovering);
    } else {
      Stage stage = gone.equals(core.learner()) ? Stage.LEARNER : Stage.EVALUATOR;
      recover(stage, cause, gone.equals(core.learner()));
    }
    return this;
  }

  private void replaceWorker(ActorRef<?> gone, Throwable cause) {
    if (FailureCause.isMendable(cause)) {
      fail(cause);
      return;
    }
    try {
      workforce.stopped(gone, cause);
    } catch (RunFailedException e) {
      fail(e);
    }
  }

  /**
   * Goes on from the last checkpoint after a failure of what there is only one of. The old learner
   * has to be gone before a new one reads and writes the run's files.
   *
   * @param stage what has failed
   */
  private void recover(Stage stage, Throwable failure, boolean learnerGone) {
    if (recovering != null) {
      return;
    }
    metrics.stage(stage).failed(FailureReason.ERROR);
    Throwable cause = FailureCause.of(failure);
    if (FailureCause.isMendable(cause)
        || cause instanceof RunFailedException
        || draining
        || finished
        || !core.mayRestart()) {
      fail(cause);
      return;
    }
    recovering = cause;
    learnerReady = null;
    if (stream != null) {
      stream.stop();
      stream = null;
    }
    if (learnerGone) {
      restart(cause);
    } else {
      core.stopLearner();
    }
  }

  private void restart(Throwable cause) {
    recovering = null;
    plan.streamMetrics().end(DropReason.LEARNER_RESTART);
    vigil.begin();
    if (!core.restart(cause)) {
      fail(cause);
    }
  }

  private Behavior<Command> onStreamEnded(StreamEnded message) {
    if (ended || message.parts() != stream) {
      return this;
    }
    if (message.failure() != null) {
      recover(Stage.LEARNER, message.failure(), false);
      return this;
    }
    finished = !draining;
    message.parts().stopPools();
    writeLastCheckpoint();
    return this;
  }

  private void writeLastCheckpoint() {
    CompletableFuture<Boolean> written = new CompletableFuture<>();
    core.learner().tell(new LearnerCommand.WriteCheckpoint(written));
    getContext()
        .pipeToSelf(
            (CompletionStage<Boolean>) written,
            (done, failure) -> new LastCheckpoint(Boolean.TRUE.equals(done)));
  }

  private Behavior<Command> onLastCheckpoint(LastCheckpoint message) {
    plan.streamMetrics().end(DropReason.STOPPED);
    if (!message.written()) {
      fail(
          new RunFailedException(
              "the last checkpoint could not be written, %s says why; what came after the one before is lost"
                  .formatted(plan.directory().home().resolve("tributary.log"))));
    } else if (draining) {
      end();
    } else {
      comparing = true;
      timers.startSingleTimer(TimeOver.INSTANCE, COMPARISON_TIME);
      core.evaluator()
          .tell(
              new EvaluatorCommand.Compare(
                  COMPARED_TEXTS, getContext().messageAdapter(Compared.class, TextsCompared::new)));
    }
    return this;
  }

  private Behavior<Command> onTextsCompared(TextsCompared message) {
    watch.compare(message.texts().base(), message.texts().policy());
    end();
    return this;
  }

  private Behavior<Command> onDrain() {
    if (comparing) {
      end();
      return this;
    }
    if (draining || finished || ended) {
      return this;
    }
    draining = true;
    watch.state(ServiceState.DRAINING, null);
    if (stream == null) {
      end(); // nothing was learned yet
      return this;
    }
    timers.startSingleTimer(LetGo.INSTANCE, config.shutdown().grace().dividedBy(2));
    timers.startSingleTimer(TimeOver.INSTANCE, config.shutdown().grace());
    stream.stream().drain();
    return this;
  }

  /** Half of the grace time is for what is in flight, half for the checkpoint. */
  private Behavior<Command> onLetGo() {
    if (stream != null) {
      stream.stream().stop();
    }
    return this;
  }

  private Behavior<Command> onTimeOver() {
    LOG.warn("the time is over; what is under way is let go");
    end();
    return this;
  }

  /** A thread that is stuck in native code can't be ended: the process has to. */
  private Behavior<Command> onCheckProgress() {
    if (!draining && !finished && !ended && recovering == null) {
      vigil.complaint(confirmed.version()).ifPresent(this::fail);
    }
    return this;
  }

  private void fail(Throwable cause) {
    if (ended) {
      return;
    }
    LOG.error(LogMarkers.REPORTED, "the run has failed", cause);
    watch.state(ServiceState.FAILED, String.valueOf(cause.getMessage()));
    ended = true;
    if (stream != null) {
      stream.stop();
    }
    plan.streamMetrics().end(DropReason.STOPPED);
    outcome.completeExceptionally(cause);
  }

  private void end() {
    ended = true;
    plan.streamMetrics().end(DropReason.STOPPED);
    outcome.complete(null);
  }
}
