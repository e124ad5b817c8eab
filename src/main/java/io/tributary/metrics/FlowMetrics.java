package io.tributary.metrics;

import java.time.Duration;

/** What is reported about the stream between the stages. Safe for use by several threads. */
public final class FlowMetrics {

  private final MetricTable table;
  private final WorkTimes times;

  FlowMetrics(MetricTable table, WorkTimes times) {
    this.table = table;
    this.times = times;
  }

  /** The admission gate now lets the first {@code sequences} of the run through. */
  public void admissionLimit(long sequences) {
    table.set(Metric.ADMISSION_LIMIT_SEQUENCES, (double) sequences);
  }

  /** The bound on staleness holds a draw back from now on, until the clock is closed. */
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

  /** A draw was issued again, since the worker that had it was lost. */
  public void drawReissued() {
    table.increment(Metric.DRAWS_REISSUED_TOTAL, 1);
  }

  /** The stream holds this many sequences that were drawn, and neither learned nor dropped yet. */
  void inStream(long sequences) {
    table.set(Metric.STREAM_SEQUENCES, (double) sequences);
  }

  /** Sequences were given up after they were drawn. */
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
