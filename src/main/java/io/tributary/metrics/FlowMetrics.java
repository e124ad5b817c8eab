package io.tributary.metrics;

import java.time.Duration;

/** Reports on the stream between the stages. Thread-safe. */
public final class FlowMetrics {

  private final MetricTable table;
  private final WorkTimes times;

  FlowMetrics(MetricTable table, WorkTimes times) {
    this.table = table;
    this.times = times;
  }

  /** The admission gate admits the first {@code sequences} of the run. */
  public void admissionLimit(long sequences) {
    table.set(Metric.ADMISSION_LIMIT_SEQUENCES, (double) sequences);
  }

  /** The bound on staleness holds back a draw until the clock is closed. */
  public WorkClock admissionCloses() {
    WorkClock clock =
        times.clock(
            time ->
                table.increment(
                    Metric.ADMISSION_CLOSED_SECONDS_TOTAL,
                    time.blockedSeconds(BlockedReason.ADMISSION)));
    clock.waitFor(BlockedReason.ADMISSION);
    return clock;
  }

  /** A draw was issued again after its worker was lost. */
  public void drawReissued() {
    table.increment(Metric.DRAWS_REISSUED_TOTAL, 1);
  }

  /** The stream holds this many sequences that are neither learned nor dropped yet. */
  void inStream(long sequences) {
    table.set(Metric.STREAM_SEQUENCES, (double) sequences);
  }

  /** Drawn sequences were dropped. */
  void dropped(DropReason reason, long sequences) {
    table.increment(Metric.SEQUENCES_DROPPED_TOTAL, (double) sequences, reason.label());
  }

  /**
   * A sequence was used by the learner.
   *
   * @param stalenessSteps learner steps between the draw's admission and this use
   * @param age time between the draw's admission and this use
   */
  public void used(long stalenessSteps, Duration age) {
    table.observe(Metric.SEQUENCE_STALENESS_STEPS, (double) stalenessSteps);
    table.observe(Metric.SEQUENCE_AGE_SECONDS, StageMetrics.seconds(age));
  }
}
