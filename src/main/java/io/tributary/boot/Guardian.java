package io.tributary.boot;

import io.tributary.config.ConfigException;
import io.tributary.config.TributaryConfig;
import io.tributary.data.BadInputException;
import io.tributary.data.ServiceState;
import io.tributary.evaluate.Evaluator;
import io.tributary.learn.Checkpoint;
import io.tributary.learn.Learner;
import io.tributary.learn.LearnerState;
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
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.ScorerCommand;
import io.tributary.publish.Publisher;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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

/**
 * Parent of all actors of a run: starts them, replaces samplers and scorers that fail or hang,
 * restarts the learner from the last checkpoint a limited number of times, ends the run.
 */
final class Guardian extends AbstractBehavior<Guardian.Command> {

  /** What the guardian is told. */
  sealed interface Command {}

  /** Start the run. Nothing is drawn, learned or written before. */
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

  private record FinalCheckpoint(boolean written) implements Command {}

  private enum LearnerStuck implements Command {
    INSTANCE
  }

  private enum GraceOver implements Command {
    INSTANCE
  }

  /** Texts of either model that are shown at the end. */
  private static final int COMPARED_TEXTS = 10;

  private final TributaryConfig config;
  private final TrainingParts parts;
  private final RunDirectory directory;
  private final RunMetrics metrics;
  private final RunWatch watch;
  private final StreamMetrics streamMetrics;
  private final CompletableFuture<Void> outcome;
  private final TimerScheduler<Command> timers;
  private final ActorRef<LearnerEvent> learnerEvents;
  private final ActorRef<WorkerLost> lostWorkers;
  private ActorRef<PublisherCommand> publisher;
  private final WorkerFleet<SamplerCommand> samplers;
  private final WorkerFleet<ScorerCommand> scorers;
  private ActorRef<EvaluatorCommand> evaluator;
  private StreamParts stream;
  private @Nullable Checkpoint recovering;
  private int lost;
  private int restarts;
  private boolean draining;
  private boolean ended;

  /**
   * A guardian, which starts the run when it is told to {@link Begin}.
   *
   * @param workers behaviours of samplers and scorers
   * @param checkpoint where the run goes on; null at its beginning
   * @param outcome completed when the run has ended, with the failure if it failed
   */
  static Behavior<Command> create(
      TributaryConfig config,
      TrainingParts parts,
      Workers workers,
      RunDirectory directory,
      RunMetrics metrics,
      RunWatch watch,
      StreamMetrics streamMetrics,
      @Nullable Checkpoint checkpoint,
      CompletableFuture<Void> outcome) {
    Behavior<Command> running =
        Behaviors.setup(
            context ->
                Behaviors.withTimers(
                    timers ->
                        new Guardian(
                            context,
                            timers,
                            config,
                            parts,
                            workers,
                            directory,
                            metrics,
                            watch,
                            streamMetrics,
                            checkpoint,
                            outcome)));
    return Behaviors.receive(Command.class)
        .onMessageEquals(Begin.INSTANCE, () -> running)
        .onMessageEquals(
            Drain.INSTANCE,
            () -> {
              outcome.complete(null);
              return Behaviors.empty();
            })
        .build();
  }

  private Guardian(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      TributaryConfig config,
      TrainingParts parts,
      Workers workers,
      RunDirectory directory,
      RunMetrics metrics,
      RunWatch watch,
      StreamMetrics streamMetrics,
      @Nullable Checkpoint checkpoint,
      CompletableFuture<Void> outcome) {
    super(context);
    this.timers = timers;
    this.config = config;
    this.parts = parts;
    this.directory = directory;
    this.metrics = metrics;
    this.watch = watch;
    this.streamMetrics = streamMetrics;
    this.outcome = outcome;
    this.learnerEvents = context.messageAdapter(LearnerEvent.class, LearnerSpoke::new);
    this.lostWorkers = context.messageAdapter(WorkerLost.class, WorkerHangs::new);
    this.publisher = spawnPublisher();
    this.samplers =
        new WorkerFleet<>(
            context, "sampler", SamplerCommand.KEY, config.samplers().count(), workers.sampler());
    this.scorers =
        new WorkerFleet<>(
            context, "scorer", ScorerCommand.KEY, config.scorers().count(), workers.scorer());
    this.evaluator = spawnEvaluator();
    this.stream = startStream(checkpoint);
  }

  private ActorRef<PublisherCommand> spawnPublisher() {
    ActorRef<PublisherCommand> spawned =
        getContext()
            .spawn(
                Publisher.create(
                    config.publish().timeout(),
                    metrics.weights(),
                    getContext().messageAdapter(ProposalConfirmed.class, SamplersConfirmed::new)),
                "publisher-" + restarts);
    getContext().watch(spawned);
    return spawned;
  }

  private ActorRef<EvaluatorCommand> spawnEvaluator() {
    ActorRef<EvaluatorCommand> spawned =
        getContext()
            .spawn(
                Evaluator.create(parts::evaluation, metrics.stage(Stage.EVALUATOR)),
                "evaluator-" + restarts,
                WorkerFleet.PINNED);
    getContext().watch(spawned);
    return spawned;
  }

  private StreamParts startStream(@Nullable Checkpoint checkpoint) {
    var files = directory.files();
    ActorRef<LearnerCommand> learner =
        getContext()
            .spawn(
                Learner.create(
                    () ->
                        checkpoint == null
                            ? parts.setup(files).begin()
                            : parts.setup(files).resume(checkpoint),
                    new Learner.Schedule(
                        config.publish().intervalSteps(),
                        config.evaluation().intervalSteps(),
                        config.checkpoint().intervalSteps(),
                        config.totalSteps().orElse(Long.MAX_VALUE)),
                    publisher,
                    evaluator,
                    learnerEvents,
                    metrics.stage(Stage.LEARNER)),
                "learner-" + restarts,
                WorkerFleet.PINNED);
    getContext().watch(learner);
    LearnerState state = checkpoint == null ? null : checkpoint.state();
    StreamParts started =
        StreamParts.start(getContext(), config, state, learner, lostWorkers, streamMetrics);
    getContext()
        .pipeToSelf(
            started.stream().completion(), (done, failure) -> new StreamEnded(started, failure));
    return started;
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
        .onMessage(FinalCheckpoint.class, this::onFinalCheckpoint)
        .onMessage(LearnerStuck.class, stuck -> onLearnerStuck())
        .onMessage(GraceOver.class, over -> onGraceOver())
        .onSignal(Terminated.class, this::onTerminated)
        .build();
  }

  private Behavior<Command> onLearnerSpoke(LearnerSpoke spoke) {
    watch.event(spoke.event());
    return this;
  }

  private Behavior<Command> onSamplersConfirmed(SamplersConfirmed message) {
    watch.confirmed(message.confirmation());
    return this;
  }

  private Behavior<Command> onWorkerHangs(WorkerHangs message) {
    ActorRef<?> worker = message.lost().worker();
    if (ended) {
      return this;
    }
    getContext().getLog().error("{} hangs: {}", worker.path().name(), message.lost().reason());
    if (samplers.holds(worker)) {
      metrics.stage(Stage.SAMPLER).failed(FailureReason.STALLED);
      if (countLost(worker)) {
        samplers.abandon(worker);
      }
    } else if (scorers.holds(worker)) {
      metrics.stage(Stage.SCORER).failed(FailureReason.STALLED);
      if (countLost(worker)) {
        scorers.abandon(worker);
      }
    }
    return this;
  }

  private Behavior<Command> onTerminated(Terminated signal) {
    ActorRef<?> gone = signal.getRef();
    Throwable cause =
        signal instanceof ChildFailed failed
            ? failed.getCause()
            : new IllegalStateException(gone.path().name() + " has stopped");
    if (ended) {
      return this;
    }
    if (samplers.holds(gone)) {
      metrics.stage(Stage.SAMPLER).failed(FailureReason.ERROR);
      if (countLost(gone)) {
        samplers.replace(gone);
      }
    } else if (scorers.holds(gone)) {
      metrics.stage(Stage.SCORER).failed(FailureReason.ERROR);
      if (countLost(gone)) {
        scorers.replace(gone);
      }
    } else if (recovering != null) {
      if (gone.equals(stream.learner())) {
        goOn(recovering);
      }
    } else {
      recover(gone.equals(stream.learner()), cause);
    }
    return this;
  }

  /** Counts a lost worker; false if there were too many, and the run ends. */
  private boolean countLost(ActorRef<?> worker) {
    lost++;
    if (lost > config.stream().maxLostWorkers()) {
      fail(
          new IllegalStateException(
              "%d workers were lost, the last one %s; stream.max-lost-workers = %d"
                  .formatted(lost, worker.path().name(), config.stream().maxLostWorkers())));
      return false;
    }
    getContext().getLog().warn("{} is replaced", worker.path().name());
    return true;
  }

  /**
   * Goes on from the last checkpoint after a failure of what there is only one of, as soon as the
   * learner has ended: two of them must not write the same files.
   */
  private void recover(boolean learnerEnded, Throwable failure) {
    Throwable inner = failure instanceof CompletionException ? failure.getCause() : null;
    Throwable cause = inner == null ? failure : inner;
    boolean mendable = cause instanceof BadInputException || cause instanceof ConfigException;
    if (mendable || draining || restarts >= config.learner().maxRestarts()) {
      fail(cause);
      return;
    }
    Optional<Checkpoint> checkpoint = parts.lastCheckpoint(directory.files());
    if (checkpoint.isEmpty()) {
      fail(cause);
      return;
    }
    restarts++;
    getContext()
        .getLog()
        .error(
            "training failed; restart {} of {} from the checkpoint of step {}",
            restarts,
            config.learner().maxRestarts(),
            checkpoint.get().state().step(),
            cause);
    recovering = checkpoint.get();
    stream.stop();
    getContext().unwatch(evaluator);
    getContext().stop(evaluator);
    getContext().unwatch(publisher);
    getContext().stop(publisher);
    if (learnerEnded) {
      goOn(checkpoint.get());
    } else {
      timers.startSingleTimer(LearnerStuck.INSTANCE, config.shutdown().grace());
    }
  }

  /**
   * Starts training again. Samplers are new ones, since those that there are hold weights that the
   * run has not come to yet.
   */
  private void goOn(Checkpoint checkpoint) {
    recovering = null;
    timers.cancel(LearnerStuck.INSTANCE);
    if (draining) {
      end();
      return;
    }
    watch.resumed(checkpoint.state());
    publisher = spawnPublisher();
    samplers.renew();
    evaluator = spawnEvaluator();
    stream = startStream(checkpoint);
  }

  private Behavior<Command> onLearnerStuck() {
    if (recovering != null) {
      fail(
          new IllegalStateException(
              "the learner could not be restarted: it has not ended within "
                  + config.shutdown().grace()));
    }
    return this;
  }

  private Behavior<Command> onStreamEnded(StreamEnded message) {
    if (ended || recovering != null || message.parts() != stream) {
      return this;
    }
    if (message.failure() != null) {
      recover(false, message.failure());
      return this;
    }
    stream.stopPools();
    CompletableFuture<Boolean> written = new CompletableFuture<>();
    stream.learner().tell(new LearnerCommand.WriteCheckpoint(written));
    getContext()
        .pipeToSelf(
            (CompletionStage<Boolean>) written,
            (done, failure) -> new FinalCheckpoint(Boolean.TRUE.equals(done)));
    return this;
  }

  private Behavior<Command> onFinalCheckpoint(FinalCheckpoint message) {
    if (ended) {
      return this;
    }
    if (draining) {
      if (!message.written()) {
        getContext().getLog().warn("no checkpoint was written at the end");
      }
      return end();
    }
    if (!message.written()) {
      fail(
          new IllegalStateException(
              "the checkpoint of the last step could not be written; with room on the disk,"
                  + " --resume makes up for what came after the last one"));
      return this;
    }
    evaluator.tell(
        new EvaluatorCommand.Compare(
            COMPARED_TEXTS, getContext().messageAdapter(Compared.class, TextsCompared::new)));
    return this;
  }

  private Behavior<Command> onTextsCompared(TextsCompared message) {
    watch.compare(message.texts().base(), message.texts().policy());
    return end();
  }

  private Behavior<Command> onDrain() {
    if (!draining && !ended) {
      draining = true;
      watch.state(ServiceState.DRAINING, null);
      timers.startSingleTimer(GraceOver.INSTANCE, config.shutdown().grace());
      stream.stream().drain();
    }
    return this;
  }

  private Behavior<Command> onGraceOver() {
    getContext()
        .getLog()
        .warn(
            "what was in flight is not finished within {}; it is let go",
            config.shutdown().grace());
    return end();
  }

  private void fail(Throwable cause) {
    watch.state(ServiceState.FAILED, String.valueOf(cause.getMessage()));
    ended = true;
    stream.stop();
    outcome.completeExceptionally(cause);
  }

  private Behavior<Command> end() {
    ended = true;
    outcome.complete(null);
    return this;
  }
}
