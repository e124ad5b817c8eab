package io.tributary.run.watch;

import io.tributary.metrics.DropReason;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.SequenceLedger;
import io.tributary.metrics.Stage;
import io.tributary.metrics.StageMetrics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reports what the streams of a run and their pools do, one after the other, to the metrics. Safe
 * for use by several threads.
 */
public final class StreamMetrics {
  private final RunMetrics metrics;
  private final int drawSequences;
  private final Map<Stage, Queue> queues = new ConcurrentHashMap<>();
  private volatile SequenceLedger ledger;

  /**
   * @param drawSequences sequences in a draw
   */
  public StreamMetrics(RunMetrics metrics, int drawSequences) {
    this.metrics = metrics;
    this.drawSequences = drawSequences;
    this.ledger = metrics.ledger();
  }

  /**
   * What a stage's pool has to do.
   *
   * @param workers known, busy or idle
   * @param waitingSequences sequences that no worker has yet
   * @param inflightSequences sequences that a worker has
   */
  record Queue(int workers, long waitingSequences, long inflightSequences) {}

  /** The queue of a stage's pool. */
  Queue queue(Stage stage) {
    return queues.getOrDefault(stage, new Queue(0, 0, 0));
  }

  /** What hears of a stream that begins; the one before must have ended. */
  public StreamReport begin() {
    ledger = metrics.ledger();
    return new StreamReport(this, metrics, ledger);
  }

  /** The stream has ended. */
  public void end(DropReason reason) {
    ledger.end(reason);
  }

  /** The load of a stage has changed. */
  void load(Stage stage, int waitingDraws, int inFlightDraws, int workers) {
    StageMetrics stageMetrics = metrics.stage(stage);
    long waiting = (long) waitingDraws * drawSequences;
    long inFlight = (long) inFlightDraws * drawSequences;
    stageMetrics.waiting(waiting);
    stageMetrics.inflight(inFlight);
    queues.put(stage, new Queue(workers, waiting, inFlight));
  }
}
