package io.tributary.run.life;

import io.tributary.data.Paused;
import io.tributary.protocol.LearnerCommand;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.ProposalConfirmed;
import io.tributary.protocol.WorkerLost;
import io.tributary.stage.learn.checkpoint.LearnerState;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.jspecify.annotations.Nullable;

/**
 * Starts the stream of a run when the learner is ready and a sampler has its proposal, stops it
 * when the learner fails, and starts it again with the next learner, still paused where it was. For
 * the guardian's thread.
 */
final class StreamSupervisor {
  private static final ProposalConfirmed NOTHING_CONFIRMED = new ProposalConfirmed(0, Map.of());

  private final ActorContext<?> context;
  private final RunServices services;
  private final Map<String, Double> lambdas;
  private final ActorRef<WorkerLost> lostWorkers;
  private ProposalConfirmed confirmed = NOTHING_CONFIRMED;
  private LearnerEvent.@Nullable Ready learnerReady;
  private @Nullable PooledStream running;
  private Paused paused = Paused.NONE;

  /**
   * @param lambdas of the target, by feature
   * @param lostWorkers told of workers to replace
   */
  StreamSupervisor(
      ActorContext<?> context,
      RunServices services,
      Map<String, Double> lambdas,
      ActorRef<WorkerLost> lostWorkers) {
    this.context = context;
    this.services = services;
    this.lambdas = lambdas;
    this.lostWorkers = lostWorkers;
  }

  /** The learner can take batches. */
  void ready(LearnerEvent.Ready ready) {
    learnerReady = ready;
  }

  /** Samplers have confirmed this proposal. */
  void confirmed(ProposalConfirmed confirmation) {
    confirmed = confirmation;
  }

  /** The proposal that the stream starts with; 0 before the learner is ready. */
  long proposalVersion() {
    return learnerReady == null ? 0 : learnerReady.proposalVersion();
  }

  /** Whether the learner is ready and has nothing left to learn. */
  boolean isLearnerFinished() {
    return learnerReady != null && learnerReady.finished();
  }

  boolean isStarted() {
    return running != null;
  }

  boolean is(PooledStream some) {
    return running == some;
  }

  /**
   * Starts the stream, if it does not run and learner and samplers are ready.
   *
   * @param from the checkpoint to resume from; null for a new run
   * @return the stream, if it was started
   */
  Optional<PooledStream> start(@Nullable LearnerState from, ActorRef<LearnerCommand> learner) {
    LearnerEvent.Ready ready = learnerReady;
    if (ready == null
        || running != null
        || confirmed.version() < ready.proposalVersion()
        || confirmed.confirmed() == 0) {
      return Optional.empty();
    }
    PooledStream started =
        PooledStream.start(
            context,
            services.config().current(),
            from,
            ready.proposalVersion(),
            paused,
            services.parts().model().vocabulary(),
            lambdas,
            learner,
            lostWorkers,
            services.streamMetrics());
    running = started;
    return Optional.of(started);
  }

  /** What is paused. */
  Paused paused() {
    return paused;
  }

  /** Pauses these sides and resumes the others, in this stream and all later ones. */
  void pause(Paused sides) {
    paused = sides;
    services.watch().paused(sides);
    if (running != null) {
      running.stream().pause(sides);
    }
  }

  /** Bounds the staleness of draws from now on. */
  void maxStaleness(int steps) {
    if (running != null) {
      running.stream().maxStaleness(steps);
    }
  }

  /** Admits no further draws, and ends every pause; what is in flight is learned. */
  void drain() {
    paused = Paused.NONE;
    services.watch().paused(paused);
    if (running != null) {
      running.stream().drain();
    }
  }

  /** Abandons what is in flight. */
  void letGo() {
    if (running != null) {
      running.stream().stop();
    }
  }

  /** The stream has ended by itself: stops the pools. */
  void ended() {
    if (running != null) {
      running.stopPools();
    }
  }

  /** Stops everything at once; another learner may start it again, with its own proposal. */
  void stop() {
    learnerReady = null;
    confirmed = NOTHING_CONFIRMED;
    if (running != null) {
      running.stop();
      running = null;
    }
  }
}
