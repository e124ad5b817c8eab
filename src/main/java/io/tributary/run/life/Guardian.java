package io.tributary.run.life;

import io.tributary.config.TributaryConfig;
import io.tributary.data.RunFailedException;
import io.tributary.metrics.DropReason;
import io.tributary.metrics.FailureReason;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.Stage;
import io.tributary.protocol.ConfigView;
import io.tributary.protocol.EvaluatorCommand.Compared;
import io.tributary.protocol.LearnerCommand.Saved;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.ProposalConfirmed;
import io.tributary.protocol.PublisherCommand;
import io.tributary.protocol.ServiceControl.Action;
import io.tributary.protocol.ServiceControl.Answer;
import io.tributary.protocol.WorkerLost;
import io.tributary.run.assembly.TrainingParts;
import io.tributary.run.assembly.Workers;
import io.tributary.run.files.RunDirectory;
import io.tributary.run.watch.RunConsole;
import io.tributary.run.watch.RunWatch;
import io.tributary.run.watch.StreamMetrics;
import io.tributary.stage.learn.checkpoint.LearnerState;
import io.tributary.stage.publish.Publisher;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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
 * restarts the learner from the last checkpoint a limited number of times, has done what operators
 * ask for, ends the run.
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

  /** Do what an operator asks for, and answer. */
  record Perform(Action action, CompletableFuture<Answer> answer) implements Command {}

  /**
   * Change the configuration, and answer.
   *
   * @param values by key, relative to {@code tributary}
   * @param from who asks
   * @param before told the settings that were in force until then, ahead of the answer
   */
  record Change(
      Map<String, String> values,
      String from,
      Instant at,
      CompletableFuture<ConfigView> before,
      CompletableFuture<Answer> answer)
      implements Command {}

  private record LearnerSpoke(LearnerEvent event) implements Command {}

  private record WorkerIsLost(WorkerLost lost) implements Command {}

  private record SamplersConfirmed(ProposalConfirmed confirmation) implements Command {}

  /** A stream has ended, by itself or with a failure. */
  record StreamEnded(StreamParts parts, @Nullable Throwable failure) implements Command {}

  /** The last checkpoint of the run was tried. */
  record LastCheckpoint(Saved saved) implements Command {}

  /** Texts of both models are drawn. */
  record TextsCompared(Compared texts) implements Command {}

  /** Half of the grace time is over: what is in flight is waited for no longer. */
  enum LetGo implements Command {
    INSTANCE
  }

  /** What the end of the run waits for takes too long. */
  enum TimeOver implements Command {
    INSTANCE
  }

  private enum CheckProgress implements Command {
    INSTANCE
  }

  /**
   * What a run consists of.
   *
   * @param live the configuration, which operators may change
   * @param workers behaviours of samplers and scorers
   */
  record Plan(
      LiveConfig live,
      TrainingParts parts,
      Workers workers,
      RunDirectory directory,
      RunMetrics metrics,
      RunWatch watch,
      StreamMetrics streamMetrics,
      RunConsole console) {}

  /** The context's own logger is the one that failures of children are logged with. */
  private static final Logger LOG = LoggerFactory.getLogger(Guardian.class);

  private final Plan plan;
  private final RunMetrics metrics;
  private final RunWatch watch;
  private final ActorRef<PublisherCommand> publisher;
  private final Workforce workforce;
  private final TrainingCore core;
  private final StreamLife stream;
  private final RunEnding ending;
  private final OperatorRequests requests;
  private final Vigil vigil;
  private @Nullable Throwable recovering;

  /**
   * A guardian, which starts the run when it is told to {@link Begin}.
   *
   * @param from where the run goes on; null at its beginning
   * @param outcome completed when the run has ended, with the failure if it failed
   */
  static Behavior<Command> create(
      Plan plan, @Nullable LearnerState from, CompletableFuture<Void> outcome) {
    return BeforeRun.create(
        Behaviors.setup(
            context ->
                Behaviors.withTimers(timers -> new Guardian(context, timers, plan, from, outcome))),
        plan,
        outcome);
  }

  private Guardian(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Plan plan,
      @Nullable LearnerState from,
      CompletableFuture<Void> outcome) {
    super(context);
    this.plan = plan;
    this.metrics = plan.metrics();
    this.watch = plan.watch();
    TributaryConfig config = plan.live().current();
    ActorRef<WorkerLost> lostWorkers = context.messageAdapter(WorkerLost.class, WorkerIsLost::new);
    this.publisher =
        context.spawn(
            Publisher.create(
                config.publish().timeout(),
                metrics.weights(),
                context.messageAdapter(ProposalConfirmed.class, SamplersConfirmed::new),
                lostWorkers),
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
    this.stream = new StreamLife(context, plan, lostWorkers);
    this.ending = new RunEnding(context, timers, plan, stream, core, outcome);
    this.requests = new OperatorRequests(plan, workforce, core, stream, ending);
    this.vigil = new Vigil(config.stream().stallTimeout(), config.publish().timeout());
    timers.startTimerWithFixedDelay(CheckProgress.INSTANCE, vigil.interval());
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(LearnerSpoke.class, this::onLearnerSpoke)
        .onMessage(SamplersConfirmed.class, this::onSamplersConfirmed)
        .onMessage(WorkerIsLost.class, this::onWorkerIsLost)
        .onMessage(StreamEnded.class, this::onStreamEnded)
        .onMessage(LastCheckpoint.class, this::onLastCheckpoint)
        .onMessage(TextsCompared.class, this::onTextsCompared)
        .onMessage(Perform.class, this::onPerform)
        .onMessage(Change.class, this::onChange)
        .onMessage(Begin.class, begin -> this)
        .onMessage(Drain.class, drain -> onDrain())
        .onMessage(LetGo.class, letGo -> onLetGo())
        .onMessage(TimeOver.class, over -> onTimeOver())
        .onMessage(CheckProgress.class, check -> onCheckProgress())
        .onSignal(Terminated.class, this::onTerminated)
        .build();
  }

  private Behavior<Command> onLearnerSpoke(LearnerSpoke spoke) {
    if (ending.isOver()) {
      return this;
    }
    watch.event(spoke.event());
    vigil.hear(spoke.event());
    if (spoke.event() instanceof LearnerEvent.Ready ready
        && ready.learner().equals(core.learner())) {
      stream.ready(ready);
      startStream();
    }
    return this;
  }

  private Behavior<Command> onSamplersConfirmed(SamplersConfirmed message) {
    if (recovering == null) { // what the learner before had is not that of the next one
      stream.confirmed(message.confirmation());
    }
    watch.confirmed(message.confirmation());
    startStream();
    return this;
  }

  /** The stream starts when a sampler has the proposal that the learner is ready with. */
  private void startStream() {
    if (recovering != null || !ending.isRunning()) {
      return;
    }
    if (stream.isLearnerFinished()) {
      ending.learned(); // all that was left to do was owed from before
    } else if (stream.start(core.from(), core.learner())) {
      vigil.streamStarted();
      watch.streamStarted();
    }
  }

  private Behavior<Command> onWorkerIsLost(WorkerIsLost message) {
    if (!ending.isOver()) {
      replace(() -> workforce.lost(message.lost()));
    }
    return this;
  }

  /** Too many losses end the run. */
  private void replace(Runnable replacement) {
    try {
      replacement.run();
    } catch (RunFailedException e) {
      ending.fail(e);
    }
  }

  private Behavior<Command> onTerminated(Terminated signal) {
    ActorRef<?> gone = signal.getRef();
    Throwable cause =
        signal instanceof ChildFailed failed
            ? FailureCause.of(failed.getCause())
            : new IllegalStateException(gone.path().name() + " has stopped");
    if (ending.isOver()) {
      return this;
    }
    if (ending.isComparing()) {
      LOG.warn("the run is complete, but texts can't be compared", cause);
      ending.end();
    } else if (workforce.holds(gone)) {
      replaceWorker(gone, cause);
    } else if (gone.equals(publisher)) {
      ending.fail(cause);
    } else if (gone.equals(core.learner()) && recovering != null) {
      restart(recovering);
    } else {
      Stage stage = gone.equals(core.learner()) ? Stage.LEARNER : Stage.EVALUATOR;
      recover(stage, cause, gone.equals(core.learner()));
    }
    return this;
  }

  private void replaceWorker(ActorRef<?> gone, Throwable cause) {
    if (FailureCause.isFinal(cause)) {
      ending.fail(cause);
    } else {
      replace(() -> workforce.stopped(gone, cause));
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
    requests.learnerIsGone();
    Throwable cause = FailureCause.of(failure);
    if (FailureCause.isFinal(cause) || !ending.isRunning() || !core.mayRestart()) {
      ending.fail(cause);
      return;
    }
    recovering = cause;
    vigil.begin();
    watch.restarting();
    stream.stop();
    if (learnerGone) {
      restart(cause);
    } else {
      core.stopLearner();
    }
  }

  private void restart(Throwable cause) {
    recovering = null;
    requests.learnerIsGone();
    plan.streamMetrics().end(DropReason.LEARNER_RESTART);
    vigil.begin();
    if (!core.restart(cause)) {
      ending.fail(cause);
    }
  }

  private Behavior<Command> onStreamEnded(StreamEnded message) {
    if (ending.isOver() || !stream.is(message.parts())) {
      return this;
    }
    if (message.failure() != null) {
      recover(Stage.LEARNER, message.failure(), false);
      return this;
    }
    stream.ended();
    ending.learned();
    return this;
  }

  private Behavior<Command> onLastCheckpoint(LastCheckpoint message) {
    ending.lastCheckpoint(message.saved());
    return this;
  }

  private Behavior<Command> onTextsCompared(TextsCompared message) {
    ending.compared(message.texts());
    return this;
  }

  private Behavior<Command> onPerform(Perform request) {
    requests.perform(request);
    return this;
  }

  private Behavior<Command> onChange(Change request) {
    requests.change(request);
    return this;
  }

  private Behavior<Command> onDrain() {
    ending.drain();
    return this;
  }

  private Behavior<Command> onLetGo() {
    stream.letGo();
    return this;
  }

  private Behavior<Command> onTimeOver() {
    ending.timeOver();
    return this;
  }

  /**
   * A thread that is stuck in native code can't be ended: a worker is replaced, for the learner the
   * process has to end.
   */
  private Behavior<Command> onCheckProgress() {
    watch.look();
    if (!ending.isOver()) {
      replace(workforce::replaceUnstarted);
    }
    if (ending.isRunning()) {
      vigil.complaint(stream.proposalVersion()).ifPresent(ending::fail);
    }
    return this;
  }
}
