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
 * The stream of a run: it starts when the learner is ready and a sampler has the proposal, ends
 * with a learner that fails, and starts anew with the next one, as it was paused and bounded
 * before. For the guardian's thread.
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
   * @param lostWorkers hears of workers that hang
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

  /** Samplers have confirmed a proposal. */
  void confirmed(ProposalConfirmed confirmation) {
    confirmed = confirmation;
  }

  /** Version of the proposal that the stream starts with; 0 before the learner is ready. */
  long proposalVersion() {
    return learnerReady == null ? 0 : learnerReady.proposalVersion();
  }

  /** Whether the learner is ready, and all that there was left to do was owed from before. */
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
   * Starts the stream, if it is to be started.
   *
   * @param from where the run goes on; null at its beginning
   * @return the stream, if it was started now
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

  /** Pauses these sides and lets the others go on, now and in every stream that is to come. */
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

  /** Admits no further draw and ends every pause; what is in flight is learned. */
  void drain() {
    paused = Paused.NONE;
    services.watch().paused(paused);
    if (running != null) {
      running.stream().drain();
    }
  }

  /** Waits no longer for what is in flight. */
  void letGo() {
    if (running != null) {
      running.stream().stop();
    }
  }

  /** The stream has ended by itself; the pools have nothing to do any more. */
  void ended() {
    if (running != null) {
      running.stopPools();
    }
  }

  /** Ends everything at once; another learner may start it again, with a proposal of its own. */
  void stop() {
    learnerReady = null;
    confirmed = NOTHING_CONFIRMED;
    if (running != null) {
      running.stop();
      running = null;
    }
  }
}
