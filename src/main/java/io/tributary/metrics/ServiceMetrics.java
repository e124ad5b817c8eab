package io.tributary.metrics;

import io.tributary.data.ServiceState;
import java.time.Clock;
import java.time.Duration;

/** What is reported about the service as a whole. Safe for use by several threads. */
public final class ServiceMetrics {

  private final MetricTable table;
  private final Clock clock;

  ServiceMetrics(MetricTable table, Clock clock) {
    this.table = table;
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

  /** A checkpoint is complete on disk, just now. */
  public void checkpointed(Duration duration, long bytes) {
    table.set(Metric.CHECKPOINT_DURATION_SECONDS, StageMetrics.seconds(duration));
    table.set(Metric.CHECKPOINT_SIZE_BYTES, (double) bytes);
    table.set(Metric.CHECKPOINT_LAST_SUCCESS_TIMESTAMP_SECONDS, clock.millis() / 1e3);
  }

  /** A checkpoint could not be written. */
  public void checkpointFailed() {
    table.increment(Metric.CHECKPOINT_FAILURES_TOTAL, 1);
  }
}
