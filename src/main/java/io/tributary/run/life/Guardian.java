package io.tributary.run.life;

import io.tributary.config.TributaryConfig;
import io.tributary.metrics.Label.DropReason;
import io.tributary.metrics.Label.FailureReason;
import io.tributary.metrics.Label.Stage;
import io.tributary.protocol.EvaluatorCommand.Compared;
import io.tributary.protocol.LearnerEvent;
import io.tributary.run.life.GuardianCommand.CheckProgress;
import io.tributary.run.life.GuardianCommand.LastCheckpoint;
import io.tributary.run.life.GuardianCommand.LearnerSpoke;
import io.tributary.run.life.GuardianCommand.SamplersConfirmed;
import io.tributary.run.life.GuardianCommand.StreamEnded;
import io.tributary.run.life.GuardianCommand.TextsCompared;
import io.tributary.stage.learn.checkpoint.LearnerState;
import io.tributary.target.EnergyBasedModel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * The parent of all actors of a run. It decides what each event leads to; its parts carry that out,
 * and none of them refers to it.
 *
 * <pre>
 * before  -->  fitting  -->  running  --all steps made-->  complete  -->  comparing  -->  over
 *                               |                                                          ^
 *                               +-------Drain------>  draining  ---------------------------+
 * </pre>
 *
 * <p>{@link BeforeRun} and {@link FittingGuardian} are its behaviours until the run begins, {@link
 * RunShutdown} keeps track of the phase from then on. A failure without recovery ends the run in
 * any phase.
 */
final class Guardian extends AbstractBehavior<GuardianCommand> {
  /** Samplers on other machines confirm the first proposal when they come. */
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final RunServices services;
  private final WorkerSupervisor workers;
  private final LearnerSupervisor training;
  private final StreamSupervisor stream;
  private final RunShutdown shutdown;
  private final ControlActions requests;
  private final ProgressWatchdog watchdog;
  private @Nullable Throwable recovering; // from this, while the old learner stops

  /**
   * A guardian, which starts the run at once.
   *
   * @param from the checkpoint to resume from; null for a new run
   * @param target with all lambdas
   * @param workers already children of this actor
   * @param outcome completed when the run has ended, with the failure if it failed
   */
  static Behavior<GuardianCommand> create(
      RunServices services,
      @Nullable LearnerState from,
      EnergyBasedModel target,
      WorkerSupervisor workers,
      CompletableFuture<Void> outcome) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new Guardian(context, timers, services, from, target, workers, outcome)));
  }

  private Guardian(
      ActorContext<GuardianCommand> context,
      TimerScheduler<GuardianCommand> timers,
      RunServices services,
      @Nullable LearnerState from,
      EnergyBasedModel target,
      WorkerSupervisor workers,
      CompletableFuture<Void> outcome) {
    super(context);
    this.services = services;
    TributaryConfig config = services.config().current();
    this.workers = workers;
    this.stream = new StreamSupervisor(context, services, target.lambdas(), workers.lost());
    this.training =
        new LearnerSupervisor(
            context,
            services,
            from,
            target,
            workers.publisher(),
            stream::open,
            context.messageAdapter(LearnerEvent.class, LearnerSpoke::new));
    this.shutdown = new RunShutdown(timers, services, stream, outcome);
    this.requests = new ControlActions(services, workers, training, stream, shutdown);
    this.watchdog =
        new ProgressWatchdog(
            config.stream().stallTimeout(),
            config.cluster().isPresent() ? FOR_EVER : config.publish().timeout(),
            System::nanoTime);
    timers.startTimerWithFixedDelay(CheckProgress.INSTANCE, watchdog.interval());
  }

  @Override
  public Receive<GuardianCommand> createReceive() {
    return newReceiveBuilder()
        .onMessage(GuardianCommand.Begin.class, begin -> this) // it has begun
        .onMessage(GuardianCommand.FitEnded.class, ended -> this)
        .onMessage(GuardianCommand.Drain.class, drain -> after(shutdown::drain))
        .onMessage(GuardianCommand.Perform.class, request -> after(() -> requests.perform(request)))
        .onMessage(GuardianCommand.Change.class, request -> after(() -> requests.change(request)))
        .onMessage(LearnerSpoke.class, this::onLearnerSpoke)
        .onMessage(GuardianCommand.WorkerLost.class, this::onWorkerLost)
        .onMessage(SamplersConfirmed.class, this::onSamplersConfirmed)
        .onMessage(StreamEnded.class, this::onStreamEnded)
        .onMessage(LastCheckpoint.class, this::onLastCheckpoint)
        .onMessage(TextsCompared.class, done -> after(() -> shutdown.compared(done.texts())))
        .onMessage(GuardianCommand.LetGo.class, letGo -> after(stream::letGo))
        .onMessage(GuardianCommand.TimeOver.class, over -> after(shutdown::timeOver))
        .onMessage(CheckProgress.class, check -> onCheckProgress())
        .onSignal(Terminated.class, this::onTerminated)
        .build();
  }

  private Behavior<GuardianCommand> after(Runnable action) {
    action.run();
    return this;
  }

  private Behavior<GuardianCommand> onLearnerSpoke(LearnerSpoke spoke) {
    if (shutdown.isOver()) {
      return this;
    }
    services.watch().event(spoke.event());
    watchdog.hear(spoke.event());
    if (spoke.event() instanceof LearnerEvent.Ready ready
        && ready.learner().equals(training.learner())) {
      stream.ready(ready);
      startStream();
    }
    return this;
  }

  private Behavior<GuardianCommand> onSamplersConfirmed(SamplersConfirmed message) {
    if (recovering == null) { // the proposal of the learner before is not that of the next
      stream.confirmed(message.confirmation());
    }
    services.watch().confirmed(message.confirmation());
    startStream();
    return this;
  }

  /** The stream starts when a sampler has the proposal that the learner is ready with. */
  private void startStream() {
    if (recovering != null || !shutdown.isRunning()) {
      return;
    }
    if (stream.isLearnerFinished()) {
      learned(); // only work left over from before was to be done
      return;
    }
    stream
        .start(training.from(), training.learner())
        .ifPresent(
            started -> {
              getContext()
                  .pipeToSelf(
                      started.completion(), (done, failure) -> new StreamEnded(started, failure));
              watchdog.streamStarted();
              services.watch().streamStarted();
            });
  }

  private Behavior<GuardianCommand> onWorkerLost(GuardianCommand.WorkerLost message) {
    if (!shutdown.isOver()) {
      workers.lost(message.loss()).ifPresent(shutdown::fail);
    }
    return this;
  }

  private Behavior<GuardianCommand> onStreamEnded(StreamEnded message) {
    if (shutdown.isOver() || !stream.is(message.stream())) {
      return this;
    }
    if (message.failure() != null) {
      recover(Stage.LEARNER, message.failure());
      return this;
    }
    stream.ended();
    learned();
    return this;
  }

  /** Nothing is left to learn: the last checkpoint is due. */
  private void learned() {
    shutdown.learned();
    getContext()
        .pipeToSelf(training.writeCheckpoint(), (saved, failure) -> new LastCheckpoint(saved));
  }

  private Behavior<GuardianCommand> onLastCheckpoint(LastCheckpoint message) {
    if (shutdown.wantsTexts(message.saved())) {
      training.compareTexts(
          RunShutdown.COMPARED_TEXTS,
          getContext().messageAdapter(Compared.class, TextsCompared::new));
    }
    return this;
  }

  private Behavior<GuardianCommand> onTerminated(Terminated signal) {
    ActorRef<?> gone = signal.getRef();
    Throwable cause = FailureCause.of(signal);
    if (shutdown.isOver()) {
      return this;
    }
    if (shutdown.isComparing()) {
      shutdown.notCompared(cause);
    } else if (workers.holds(gone)) {
      workers.stopped(gone, cause).ifPresent(shutdown::fail);
    } else if (gone.equals(workers.publisher())) {
      shutdown.fail(cause);
    } else if (gone.equals(training.learner())) {
      onLearnerStopped(cause);
    } else if (stream.owns(gone)) {
      recover(Stage.LEARNER, cause);
    } else {
      recover(Stage.EVALUATOR, cause);
    }
    return this;
  }

  /**
   * Takes the run back to its last checkpoint, since the stream or the evaluator has failed. The
   * learner is stopped: it has to be gone before a new one reads and writes the run's files.
   */
  private void recover(Stage stage, Throwable failure) {
    if (recovering == null && mayRecover(stage, failure)) {
      recovering = FailureCause.of(failure);
      training.stopLearner();
    }
  }

  /** The learner has failed, or a recovery has stopped it. */
  private void onLearnerStopped(Throwable failure) {
    if (recovering != null) {
      restart(recovering);
    } else if (mayRecover(Stage.LEARNER, failure)) {
      restart(FailureCause.of(failure));
    }
  }

  /** Stops the stream for a recovery, or ends the run if there can be none. */
  private boolean mayRecover(Stage stage, Throwable failure) {
    services.metrics().stage(stage).failed(FailureReason.ERROR);
    requests.learnerIsGone();
    Throwable reason = FailureCause.of(failure);
    if (FailureCause.isFinal(reason) || !shutdown.isRunning() || !training.mayRestart()) {
      shutdown.fail(reason);
      return false;
    }
    watchdog.begin();
    services.watch().restarting();
    stream.stop();
    return true;
  }

  private void restart(Throwable reason) {
    recovering = null;
    requests.learnerIsGone();
    services.streamMetrics().end(DropReason.LEARNER_RESTART);
    watchdog.begin();
    if (!training.restart(reason)) {
      shutdown.fail(reason);
    }
  }

  /**
   * A thread that is stuck in native code can't be ended: a worker is replaced, for the learner the
   * process has to end.
   */
  private Behavior<GuardianCommand> onCheckProgress() {
    services.watch().look();
    if (!shutdown.isOver()) {
      workers.replaceUnstarted().ifPresent(shutdown::fail);
    }
    if (shutdown.isRunning()) {
      watchdog.complaint(stream.proposalVersion()).ifPresent(shutdown::fail);
    }
    return this;
  }
}
