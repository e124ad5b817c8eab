package io.tributary.metrics;

import io.tributary.config.LiveKey;
import io.tributary.config.TributaryConfig;
import io.tributary.data.ServiceState;
import java.time.Clock;
import java.time.Duration;

/** What is reported about the service as a whole. Safe for use by several threads. */
public final class ServiceMetrics {

  private final MetricTable table;
  private final WorkTimes times;
  private final Clock clock;

  ServiceMetrics(MetricTable table, WorkTimes times, Clock clock) {
    this.table = table;
    this.times = times;
    this.clock = clock;
  }

  /**
   * Which run this is.
   *
   * @param objective its type, as the configuration names it
   */
  public void run(String name, String objective) {
    table.info(Metric.RUN_INFO, name, objective);
  }

  /** The service is in this state now, and in no other. */
  public void state(ServiceState state) {
    for (ServiceState each : ServiceState.values()) {
      table.set(Metric.SERVICE_STATE, each == state ? 1 : 0, each.name());
    }
  }

  /** An operator pauses the stream, or ends every pause. */
  public void paused(boolean begins) {
    times.pause(begins);
  }

  /** Somebody asked for another configuration of the running service. */
  public void configChanged(ConfigChange result) {
    table.increment(Metric.CONFIG_CHANGES_TOTAL, 1, result.label());
  }

  /** The values in force of what can be changed. */
  public void settings(TributaryConfig config) {
    for (LiveKey key : LiveKey.values()) {
      table.set(Metric.CONFIG_SETTING, key.of(config), key.key());
    }
  }

  /**
   * A checkpoint is complete on disk, just now.
   *
   * @param pause how long training stood still for it, out of {@code duration}
   */
  public void checkpointed(Duration duration, Duration pause, long bytes) {
    table.set(Metric.CHECKPOINT_DURATION_SECONDS, StageMetrics.seconds(duration));
    table.set(Metric.CHECKPOINT_PAUSE_SECONDS, StageMetrics.seconds(pause));
    table.set(Metric.CHECKPOINT_SIZE_BYTES, (double) bytes);
    table.set(Metric.CHECKPOINT_LAST_SUCCESS_TIMESTAMP_SECONDS, clock.millis() / 1e3);
  }

  /** A line of the run's files could not be written. */
  public void lineLost() {
    table.increment(Metric.LINES_LOST_TOTAL, 1);
  }

  /** A checkpoint could not be written. */
  public void checkpointFailed() {
    table.increment(Metric.CHECKPOINT_FAILURES_TOTAL, 1);
  }
}
