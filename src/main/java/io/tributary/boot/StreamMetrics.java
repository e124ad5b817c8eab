package io.tributary.boot;

import io.tributary.metrics.DropReason;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.SequenceLedger;
import io.tributary.metrics.Stage;
import io.tributary.metrics.StageMetrics;
import io.tributary.protocol.RunStatus.Queue;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reports what the streams of a run and their pools do, one after the other, to the metrics. Safe
 * for use by several threads.
 */
final class StreamMetrics {
  private final RunMetrics metrics;
  private final int drawSequences;
  private final Map<String, Queue> queues = new ConcurrentHashMap<>();
  private volatile SequenceLedger ledger;

  /**
   * @param drawSequences sequences in a draw
   */
  StreamMetrics(RunMetrics metrics, int drawSequences) {
    this.metrics = metrics;
    this.drawSequences = drawSequences;
    this.ledger = metrics.ledger();
  }

  /** Queue depths by stage. */
  Map<String, Queue> queues() {
    return Map.copyOf(queues);
  }

  /** What hears of a stream that begins; the one before must have ended. */
  StreamReport begin() {
    ledger = metrics.ledger();
    return new StreamReport(this, metrics, ledger);
  }

  /** The stream has ended. */
  void end(DropReason reason) {
    ledger.end(reason);
  }

  /** The load of a stage has changed. */
  void load(Stage stage, int waitingDraws, int inFlightDraws) {
    StageMetrics stageMetrics = metrics.stage(stage);
    long waiting = (long) waitingDraws * drawSequences;
    long inFlight = (long) inFlightDraws * drawSequences;
    stageMetrics.waiting(waiting);
    stageMetrics.inflight(inFlight);
    queues.put(stage.label(), new Queue(waiting, inFlight));
  }
}
