package io.tributary.run.life;

import io.tributary.protocol.PublisherCommand;
import io.tributary.protocol.ServiceControl.Action;
import io.tributary.run.assembly.FitSetup;
import io.tributary.run.life.GuardianCommand.CheckProgress;
import io.tributary.run.life.GuardianCommand.Drain;
import io.tributary.run.life.GuardianCommand.FitEnded;
import io.tributary.run.life.GuardianCommand.Perform;
import io.tributary.run.life.GuardianCommand.Request;
import io.tributary.run.life.GuardianCommand.SamplersConfirmed;
import io.tributary.run.watch.StreamMetrics;
import io.tributary.stage.fit.TargetFitting;
import io.tributary.stream.FitStream;
import io.tributary.stream.PoolSettings;
import io.tributary.stream.WorkerPool;
import io.tributary.target.fit.Fit;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.stream.Materializer;
import org.jspecify.annotations.Nullable;

/**
 * The guardian while lambda is fitted: samplers draw from the base model, scorers compute features,
 * lost workers are replaced. The same workers serve the stream afterwards.
 */
final class FittingGuardian extends AbstractBehavior<GuardianCommand> {
  /** Checks for workers that hang while they start, per stall timeout. */
  private static final int CHECKS = 16;

  /** The recipient of the fit. Called on the guardian's thread. */
  interface Owner {

    /** The fit has got further; the line says how far. */
    void progressed(String line);

    /** Called every now and then, so that changes that no message tells of are seen. */
    default void look() {}

    Behavior<GuardianCommand> fitted(Fit fit, WorkerSupervisor workers);

    void failed(Throwable cause);

    default Behavior<GuardianCommand> requested(GuardianCommand request) {
      return Behaviors.unhandled();
    }
  }

  private final WorkerSupervisor workers;
  private final FitSetup setup;
  private final StreamMetrics metrics;
  private final Owner owner;
  private @Nullable FitStream stream;
  private boolean over;

  static Behavior<GuardianCommand> create(
      WorkerSupervisor workers, FitSetup setup, StreamMetrics metrics, Owner owner) {
    return Behaviors.withTimers(
        timers ->
            Behaviors.setup(
                context -> {
                  timers.startTimerWithFixedDelay(
                      CheckProgress.INSTANCE,
                      setup.stream().stallTimeout().dividedBy(CHECKS).plusMillis(1));
                  return new FittingGuardian(context, workers, setup, metrics, owner);
                }));
  }

  private FittingGuardian(
      ActorContext<GuardianCommand> context,
      WorkerSupervisor workers,
      FitSetup setup,
      StreamMetrics metrics,
      Owner owner) {
    super(context);
    this.workers = workers;
    this.setup = setup;
    this.metrics = metrics;
    this.owner = owner;
    workers.publisher().tell(new PublisherCommand.ReplaceProposal(setup.base()));
  }

  @Override
  public Receive<GuardianCommand> createReceive() {
    return newReceiveBuilder()
        .onMessage(SamplersConfirmed.class, this::onSamplersConfirmed)
        .onMessage(FitEnded.class, this::onFitEnded)
        .onMessage(GuardianCommand.WorkerLost.class, lost -> failOn(workers.lost(lost.loss())))
        .onMessage(CheckProgress.class, check -> onCheckProgress())
        .onMessage(Drain.class, this::onDrain)
        .onMessage(Request.class, this::onRequest)
        .onSignal(Terminated.class, this::onTerminated)
        .build();
  }

  /** The fit starts when one sampler has the base model; the others join in later. */
  private Behavior<GuardianCommand> onSamplersConfirmed(SamplersConfirmed message) {
    if (stream == null && !over && message.confirmation().confirmed() > 0) {
      TargetFitting fitting =
          new TargetFitting(
              setup.target(), setup.config(), setup.drawSequences(), setup.stream().maxDropRate());
      FitStream started = stream(fitting);
      stream = started;
      getContext()
          .pipeToSelf(
              started.run().thenApply(done -> fitting.result().orElseThrow()), FitEnded::new);
    }
    return this;
  }

  private FitStream stream(TargetFitting fitting) {
    Duration stallTimeout = setup.stream().stallTimeout();
    return new FitStream(
        setup.base().version().number(),
        setup.drawSequences(),
        getContext()
            .spawnAnonymous(
                WorkerPool.create(
                    waiting(PoolSettings.samplers(setup.vocabulary(), stallTimeout)),
                    workers.lost(),
                    metrics.fitSamplers())),
        getContext()
            .spawnAnonymous(
                WorkerPool.create(
                    waiting(PoolSettings.features(setup.target().features().size(), stallTimeout)),
                    workers.lost(),
                    metrics.fitScorers())),
        fitting::wantedDraws,
        draw -> {
          fitting.add(draw);
          owner.progressed(
              "fitting lambda: %,d of %,d sequences of the base model"
                  .formatted(fitting.drawnSequences(), fitting.wantedSequences()));
        },
        Materializer.createMaterializer(getContext().getSystem()));
  }

  private <W, R, C> PoolSettings<W, R, C> waiting(PoolSettings<W, R, C> settings) {
    return setup.cluster() ? settings.ofCluster() : settings;
  }

  private Behavior<GuardianCommand> onFitEnded(FitEnded message) {
    if (over) {
      return this;
    }
    Fit fit = message.fit();
    if (fit == null) {
      return failOn(Optional.ofNullable(message.failure()).map(FailureCause::of));
    }
    end();
    return owner.fitted(fit, workers);
  }

  private Behavior<GuardianCommand> onTerminated(Terminated signal) {
    ActorRef<?> gone = signal.getRef();
    Throwable cause = FailureCause.of(signal);
    return failOn(
        workers.holds(gone) ? workers.stopped(gone, cause) : Optional.of(cause)); // the publisher
  }

  private Behavior<GuardianCommand> onCheckProgress() {
    owner.look();
    return failOn(workers.replaceUnstarted());
  }

  private Behavior<GuardianCommand> onRequest(Request request) {
    if (request instanceof Perform asked && asked.action() == Action.DRAIN) {
      end();
    }
    return owner.requested(request);
  }

  private Behavior<GuardianCommand> onDrain(Drain drain) {
    end();
    return owner.requested(drain);
  }

  private Behavior<GuardianCommand> failOn(Optional<Throwable> cause) {
    if (cause.isPresent() && !over) {
      end();
      owner.failed(cause.get());
    }
    return this;
  }

  private void end() {
    over = true;
    if (stream != null) {
      stream.stop();
    }
  }
}
