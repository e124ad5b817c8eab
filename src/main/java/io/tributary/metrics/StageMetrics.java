package io.tributary.metrics;

import io.tributary.metrics.Label.FailureReason;
import io.tributary.metrics.Label.Stage;

/** Reports on the workers of one stage. Thread-safe. */
public record StageMetrics(RunMetrics metrics, WorkTimes times, Stage stage) {
  /** The stage has finished sequences with this many tokens in total. */
  public void items(long sequences, long tokens) {
    metrics.add(Metric.STAGE_SEQUENCES_TOTAL, (double) sequences, stage);
    metrics.add(Metric.STAGE_TOKENS_TOTAL, (double) tokens, stage);
    metrics.setNow(Metric.STAGE_LAST_ITEM_TIMESTAMP_SECONDS, stage.label());
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
    metrics.set(Metric.STAGE_INFLIGHT_SEQUENCES, sequences, stage.label());
  }

  /** This many sequences wait for a worker of the stage now. */
  public void waiting(long sequences) {
    metrics.set(Metric.WAITING_SEQUENCES, sequences, stage.label());
  }

  /** The stage has so many workers from now on. */
  public void workers(int number) {
    times.present(stage, number);
  }

  /** Time that the stage's workers were there since the process started, added up, in seconds. */
  public double workerSeconds() {
    return WorkTime.seconds(times.present(stage));
  }

  /** A worker has failed. */
  public void failed(FailureReason reason) {
    metrics.add(Metric.STAGE_FAILURES_TOTAL, 1, stage, reason);
  }
}
