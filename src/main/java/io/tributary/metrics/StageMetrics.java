package io.tributary.metrics;

import java.time.Clock;
import java.time.Duration;

/** Reports on the workers of one stage. Thread-safe. */
public final class StageMetrics {

  private final MetricTable table;
  private final Stage stage;
  private final WorkTimes times;
  private final Clock clock;

  StageMetrics(MetricTable table, WorkTimes times, Stage stage, Clock clock) {
    this.table = table;
    this.times = times;
    this.stage = stage;
    this.clock = clock;
  }

  /** The stage has finished sequences with this many tokens in total. */
  public void items(long sequences, long tokens) {
    table.increment(Metric.STAGE_SEQUENCES_TOTAL, (double) sequences, stage.label());
    table.increment(Metric.STAGE_TOKENS_TOTAL, (double) tokens, stage.label());
    table.set(Metric.STAGE_LAST_ITEM_TIMESTAMP_SECONDS, clock.millis() / 1e3, stage.label());
  }

  /** A worker's time since its last report has arrived. */
  public void worked(WorkTime time) {
    times.arrived(stage, time);
  }

  /** A new clock for a worker of this process, whose waits count while they last; to be closed. */
  public WorkClock clock() {
    return times.clock(stage);
  }

  /** The workers of the stage hold this many sequences now. */
  public void inflight(long sequences) {
    table.set(Metric.STAGE_INFLIGHT_SEQUENCES, (double) sequences, stage.label());
  }

  /** This many sequences wait for a worker of the stage now. */
  public void waiting(long sequences) {
    table.set(Metric.WAITING_SEQUENCES, (double) sequences, stage.label());
  }

  /** A worker has failed. */
  public void failed(FailureReason reason) {
    table.increment(Metric.STAGE_FAILURES_TOTAL, 1, stage.label(), reason.label());
  }

  static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }
}
