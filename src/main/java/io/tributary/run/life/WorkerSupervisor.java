package io.tributary.run.life;

import io.tributary.cluster.remote.RemoteWorker;
import io.tributary.config.StreamConfig;
import io.tributary.data.RunFailedException;
import io.tributary.metrics.Label.FailureReason;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.ProposalConfirmed;
import io.tributary.protocol.PublisherCommand;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.ScorerCommand;
import io.tributary.protocol.WorkerLost;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.stage.publish.Publisher;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Supervises the samplers and scorers of this process, and the publisher that sends samplers the
 * proposal. Workers that fail or hang are replaced, a limited number of times an hour.
 */
final class WorkerSupervisor {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerSupervisor.class);

  /** A loss is forgotten after this time, so that a long run may lose a worker now and then. */
  private static final Duration WINDOW = Duration.ofHours(1);

  /** How long a worker may take to start, in stall timeouts. */
  private static final int START_PATIENCE = 2;

  private final RunMetrics metrics;
  private final int maxLost;
  private final Duration startTimeout;
  private final LocalWorkers<SamplerCommand> samplers;
  private final LocalWorkers<ScorerCommand> scorers;
  private final ActorRef<WorkerLost> lost;
  private final ActorRef<PublisherCommand> publisher;
  private final Deque<Long> losses = new ArrayDeque<>(); // nanoseconds, oldest first

  /**
   * Spawns and watches the publisher and the workers.
   *
   * @param publishTimeout time that samplers have to confirm a proposal
   */
  WorkerSupervisor(
      ActorContext<GuardianCommand> context,
      StreamConfig stream,
      Duration publishTimeout,
      int samplerCount,
      int scorerCount,
      WorkerBehaviors workers,
      RunMetrics metrics) {
    this.metrics = metrics;
    this.maxLost = stream.maxLostWorkers();
    this.startTimeout = stream.stallTimeout().multipliedBy(START_PATIENCE);
    this.lost = context.messageAdapter(WorkerLost.class, GuardianCommand.WorkerLost::new);
    this.publisher =
        context.spawn(
            Publisher.create(
                publishTimeout,
                metrics,
                context.messageAdapter(
                    ProposalConfirmed.class, GuardianCommand.SamplersConfirmed::new),
                lost),
            "publisher");
    context.watch(publisher);
    this.samplers =
        new LocalWorkers<>(context, SamplerCommand.KEY, samplerCount, workers.sampler());
    this.scorers = new LocalWorkers<>(context, ScorerCommand.KEY, scorerCount, workers.scorer());
  }

  ActorRef<PublisherCommand> publisher() {
    return publisher;
  }

  /** Receives {@link WorkerLost}. */
  ActorRef<WorkerLost> lost() {
    return lost;
  }

  /** Changes the number of samplers and scorers. */
  void resize(int samplerCount, int scorerCount) {
    samplers.resize(samplerCount);
    scorers.resize(scorerCount);
  }

  boolean holds(ActorRef<?> actor) {
    return samplers.holds(actor) || scorers.holds(actor);
  }

  /**
   * Replaces a worker that has stopped.
   *
   * @return why the run can't continue, if it can't
   */
  Optional<Throwable> stopped(ActorRef<?> worker, Throwable cause) {
    if (FailureCause.isFinal(cause)) {
      return Optional.of(cause);
    }
    return replace(worker, FailureReason.ERROR, String.valueOf(cause));
  }

  /**
   * Replaces a worker that hangs, or returns invalid results.
   *
   * @return why the run can't continue, if it can't
   */
  Optional<Throwable> lost(WorkerLost loss) {
    if (!holds(loss.worker())) {
      lostElsewhere(loss);
      return Optional.empty();
    }
    return replace(loss.worker(), loss.cause(), loss.reason());
  }

  /** Of a node. One that fetches slowly draws what it can, and is not at fault. */
  private static void lostElsewhere(WorkerLost loss) {
    if (loss.cause() == FailureReason.UNCONFIRMED) {
      LOG.warn("{} has {}", loss.worker().path().name(), loss.reason());
    } else {
      String reason = "one of its samplers or scorers " + loss.reason();
      loss.worker().unsafeUpcast().tell(new RemoteWorker.GivenUp(reason));
    }
  }

  /**
   * Replaces workers that hang while they start, which no pool knows of.
   *
   * @return why the run can't continue, if it can't
   */
  Optional<Throwable> replaceUnstarted() {
    String detail =
        "has not started within %d s, %d times stream.stall-timeout"
            .formatted(startTimeout.toSeconds(), START_PATIENCE);
    return Stream.concat(
            samplers.unstarted(startTimeout).stream(), scorers.unstarted(startTimeout).stream())
        .flatMap(worker -> replace(worker, FailureReason.STALLED, detail).stream())
        .findFirst();
  }

  private Optional<Throwable> replace(ActorRef<?> worker, FailureReason reason, String detail) {
    if (!holds(worker)) {
      return Optional.empty();
    }
    boolean isSampler = samplers.holds(worker);
    metrics.stage(isSampler ? Stage.SAMPLER : Stage.SCORER).failed(reason);
    long now = System.nanoTime();
    losses.addLast(now);
    while (now - losses.getFirst() > WINDOW.toNanos()) {
      losses.removeFirst();
    }
    if (losses.size() > maxLost) {
      return Optional.of(
          new RunFailedException(
              "%d samplers and scorers were lost within an hour, stream.max-lost-workers allows %d; the last one, %s: %s"
                  .formatted(losses.size(), maxLost, worker.path().name(), detail)));
    }
    LOG.warn("{} is replaced: {}", worker.path().name(), detail);
    LocalWorkers<?> kind = isSampler ? samplers : scorers;
    if (reason == FailureReason.ERROR) {
      kind.replaceStopped(worker);
    } else {
      kind.replace(worker);
    }
    return Optional.empty();
  }
}
