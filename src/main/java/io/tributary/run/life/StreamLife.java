package io.tributary.run.life;

import io.tributary.data.Paused;
import io.tributary.protocol.LearnerCommand;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.ProposalConfirmed;
import io.tributary.protocol.WorkerLost;
import io.tributary.stage.learn.checkpoint.LearnerState;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a run: it starts when the learner is ready and a sampler has the proposal, ends
 * with a learner that fails, and starts anew with the next one, as it was paused and bounded
 * before. For the guardian's thread.
 */
final class StreamLife {
  private static final ProposalConfirmed NOTHING_CONFIRMED = new ProposalConfirmed(0, Map.of());

  private final ActorContext<Guardian.Command> context;
  private final Guardian.Plan plan;
  private final ActorRef<WorkerLost> lostWorkers;
  private ProposalConfirmed confirmed = NOTHING_CONFIRMED;
  private LearnerEvent.@Nullable Ready learnerReady;
  private @Nullable StreamParts parts;
  private Paused paused = Paused.NONE;

  /**
   * @param lostWorkers hears of workers that hang
   */
  StreamLife(
      ActorContext<Guardian.Command> context,
      Guardian.Plan plan,
      ActorRef<WorkerLost> lostWorkers) {
    this.context = context;
    this.plan = plan;
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
    return parts != null;
  }

  boolean is(StreamParts some) {
    return parts == some;
  }

  /**
   * Starts the stream, if it is to be started; the guardian hears of its end.
   *
   * @param from where the run goes on; null at its beginning
   * @return whether it was started now
   */
  boolean start(@Nullable LearnerState from, ActorRef<LearnerCommand> learner) {
    LearnerEvent.Ready ready = learnerReady;
    if (ready == null
        || parts != null
        || confirmed.version() < ready.proposalVersion()
        || confirmed.confirmed() == 0) {
      return false;
    }
    StreamParts started =
        StreamParts.start(
            context,
            plan.live().current(),
            from,
            ready.proposalVersion(),
            paused,
            plan.parts().model().vocabulary(),
            learner,
            lostWorkers,
            plan.streamMetrics());
    parts = started;
    context.pipeToSelf(
        started.stream().completion(),
        (done, failure) -> new Guardian.StreamEnded(started, failure));
    return true;
  }

  /** What is paused. */
  Paused paused() {
    return paused;
  }

  /** Pauses these sides and lets the others go on, now and in every stream that is to come. */
  void pause(Paused sides) {
    paused = sides;
    plan.watch().paused(sides);
    if (parts != null) {
      parts.stream().pause(sides);
    }
  }

  /** Bounds the staleness of draws from now on. */
  void maxStaleness(int steps) {
    if (parts != null) {
      parts.stream().maxStaleness(steps);
    }
  }

  /** Admits no further draw and ends every pause; what is in flight is learned. */
  void drain() {
    paused = Paused.NONE;
    plan.watch().paused(paused);
    if (parts != null) {
      parts.stream().drain();
    }
  }

  /** Waits no longer for what is in flight. */
  void letGo() {
    if (parts != null) {
      parts.stream().stop();
    }
  }

  /** The stream has ended by itself; the pools have nothing to do any more. */
  void ended() {
    if (parts != null) {
      parts.stopPools();
    }
  }

  /** Ends everything at once; another learner may start it again, with a proposal of its own. */
  void stop() {
    learnerReady = null;
    confirmed = NOTHING_CONFIRMED;
    if (parts != null) {
      parts.stop();
      parts = null;
    }
  }
}
