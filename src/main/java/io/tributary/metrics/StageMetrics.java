package io.tributary.metrics;

import java.time.Clock;
import java.time.Duration;

/** What the workers of one stage report. Safe for use by several threads. */
public final class StageMetrics {

  private final MetricTable table;
  private final String stage;
  private final Waits waits;
  private final Clock clock;

  StageMetrics(MetricTable table, Waits waits, Stage stage, Clock clock) {
    this.table = table;
    this.waits = waits;
    this.stage = stage.label();
    this.clock = clock;
  }

  /** The stage has finished this many sequences, which hold this many tokens. */
  public void items(long sequences, long tokens) {
    table.increment(Metric.STAGE_SEQUENCES_TOTAL, (double) sequences, stage);
    table.increment(Metric.STAGE_TOKENS_TOTAL, (double) tokens, stage);
    table.set(Metric.STAGE_LAST_ITEM_TIMESTAMP_SECONDS, clock.millis() / 1e3, stage);
  }

  /** A worker has computed for this long. */
  public void busy(Duration time) {
    table.increment(Metric.STAGE_BUSY_SECONDS_TOTAL, seconds(time), stage);
  }

  /** A worker is idle from now on, waiting for {@code reason}. */
  public Wait waitsFor(BlockedReason reason) {
    return waits.begin(
        reason,
        (counted, nanos) ->
            table.increment(
                Metric.STAGE_BLOCKED_SECONDS_TOTAL, nanos / 1e9, stage, counted.label()));
  }

  /** The workers of the stage hold this many sequences now. */
  public void inflight(long sequences) {
    table.set(Metric.STAGE_INFLIGHT_SEQUENCES, (double) sequences, stage);
  }

  /** This many sequences wait for a worker of the stage now. */
  public void waiting(long sequences) {
    table.set(Metric.WAITING_SEQUENCES, (double) sequences, stage);
  }

  /** A worker has failed. */
  public void failed(FailureReason reason) {
    table.increment(Metric.STAGE_FAILURES_TOTAL, 1, stage, reason.label());
  }

  static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }
}
