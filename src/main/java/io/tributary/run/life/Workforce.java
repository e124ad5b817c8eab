package io.tributary.run.life;

import io.tributary.config.TributaryConfig;
import io.tributary.data.RunFailedException;
import io.tributary.metrics.FailureReason;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.Stage;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.ScorerCommand;
import io.tributary.protocol.WorkerLost;
import io.tributary.run.assembly.Workers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The samplers and scorers of this process; those that fail or hang are replaced, a limited number
 * of times an hour.
 */
final class Workforce {
  private static final Logger LOG = LoggerFactory.getLogger(Workforce.class);

  /** A loss is forgotten after this time, so that a long run may lose a worker now and then. */
  private static final Duration WINDOW = Duration.ofHours(1);

  /** So many times the stall timeout a worker may take to start. */
  private static final int START_PATIENCE = 2;

  private final RunMetrics metrics;
  private final int maxLost;
  private final Duration startTimeout;
  private final WorkerFleet<SamplerCommand> samplers;
  private final WorkerFleet<ScorerCommand> scorers;
  private final Deque<Long> losses = new ArrayDeque<>(); // nanoseconds, oldest first

  /** Spawns as many samplers and scorers as are configured. */
  Workforce(ActorContext<?> context, TributaryConfig config, Workers workers, RunMetrics metrics) {
    this.metrics = metrics;
    this.maxLost = config.stream().maxLostWorkers();
    this.startTimeout = config.stream().stallTimeout().multipliedBy(START_PATIENCE);
    this.samplers =
        new WorkerFleet<>(
            context, SamplerCommand.KEY, config.samplers().count(), workers.sampler());
    this.scorers =
        new WorkerFleet<>(context, ScorerCommand.KEY, config.scorers().count(), workers.scorer());
  }

  /** Has so many samplers and scorers from now on. */
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
   * @throws RunFailedException if too many were lost
   */
  void stopped(ActorRef<?> worker, Throwable cause) {
    count(worker, FailureReason.ERROR, String.valueOf(cause));
    if (samplers.holds(worker)) {
      samplers.replace(worker);
    } else {
      scorers.replace(worker);
    }
  }

  /**
   * Replaces a worker that hangs, or returns what can't be.
   *
   * @throws RunFailedException if too many were lost
   */
  void lost(WorkerLost loss) {
    FailureReason failure =
        switch (loss.cause()) {
          case SILENT -> FailureReason.STALLED;
          case INVALID_RESULT -> FailureReason.INVALID;
        };
    abandon(loss.worker(), failure, loss.reason());
  }

  /**
   * Replaces workers that hang while they start: no pool knows of them.
   *
   * @throws RunFailedException if too many were lost
   */
  void replaceUnstarted() {
    String detail =
        "has not started within %d s, %d times stream.stall-timeout"
            .formatted(startTimeout.toSeconds(), START_PATIENCE);
    Stream.concat(
            samplers.unstarted(startTimeout).stream(), scorers.unstarted(startTimeout).stream())
        .forEach(worker -> abandon(worker, FailureReason.STALLED, detail));
  }

  private void abandon(ActorRef<?> worker, FailureReason failure, String reason) {
    if (!holds(worker)) {
      return;
    }
    count(worker, failure, reason);
    if (samplers.holds(worker)) {
      samplers.abandon(worker);
    } else {
      scorers.abandon(worker);
    }
  }

  private void count(ActorRef<?> worker, FailureReason reason, String detail) {
    metrics.stage(samplers.holds(worker) ? Stage.SAMPLER : Stage.SCORER).failed(reason);
    long now = System.nanoTime();
    losses.addLast(now);
    while (now - losses.getFirst() > WINDOW.toNanos()) {
      losses.removeFirst();
    }
    if (losses.size() > maxLost) {
      throw new RunFailedException(
          "%d samplers and scorers were lost within an hour, stream.max-lost-workers allows %d; the last one, %s: %s"
              .formatted(losses.size(), maxLost, worker.path().name(), detail));
    }
    LOG.warn("{} is replaced: {}", worker.path().name(), detail);
  }
}
