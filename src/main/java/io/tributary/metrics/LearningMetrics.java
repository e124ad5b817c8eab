package io.tributary.metrics;

import java.time.Clock;
import java.time.Duration;

/** Reports on the learner besides its measurements. Thread-safe. */
public final class LearningMetrics {

  private final MetricTable table;
  private final Clock clock;

  LearningMetrics(MetricTable table, Clock clock) {
    this.table = table;
    this.clock = clock;
  }

  /** Totals of the run so far, including those before a resume. */
  public void totals(long steps, long sequences) {
    table.set(Metric.LEARNER_STEPS, (double) steps);
    table.set(Metric.LEARNER_SEQUENCES, (double) sequences);
  }

  /** A step was made just now. */
  public void stepped(Duration duration) {
    table.observe(Metric.LEARNER_STEP_DURATION_SECONDS, StageMetrics.seconds(duration));
    table.set(Metric.LEARNER_LAST_STEP_TIMESTAMP_SECONDS, clock.millis() / 1e3);
  }

  /** A step was skipped because its loss or gradient was not finite. */
  public void nonfiniteStep() {
    table.increment(Metric.NONFINITE_STEPS_TOTAL, 1);
  }
}
