package io.tributary.metrics;

import io.tributary.config.LiveKey;
import io.tributary.config.TributaryConfig;
import io.tributary.data.ServiceState;
import java.time.Clock;
import java.time.Duration;

/** Reports on the service as a whole. Thread-safe. */
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
   * Sets the name of the run and the type of its objective.
   *
   * @param objective as the configuration names it
   */
  public void run(String name, String objective) {
    table.info(Metric.RUN_INFO, name, objective);
  }

  /** The service is in this state. */
  public void state(ServiceState state) {
    for (ServiceState each : ServiceState.values()) {
      table.set(Metric.SERVICE_STATE, each == state ? 1 : 0, each.name());
    }
  }

  /** A pause of the stream begins or ends. */
  public void paused(boolean begins) {
    times.pause(begins);
  }

  /** A change of the configuration was asked for. */
  public void configChanged(ConfigChange result) {
    table.increment(Metric.CONFIG_CHANGES_TOTAL, 1, result.label());
  }

  /** Sets the values in force of all keys that can be changed. */
  public void settings(TributaryConfig config) {
    for (LiveKey key : LiveKey.values()) {
      table.set(Metric.CONFIG_SETTING, key.of(config), key.key());
    }
  }

  /**
   * A checkpoint has just been completed on disk.
   *
   * @param pause the part of {@code duration} in which training stood still
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
