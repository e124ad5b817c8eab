package io.tributary.metrics;

import io.tributary.data.ServiceState;
import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.Label.Stage;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The metrics of one run, the JVM and the process. Thread-safe. */
public final class RunMetrics extends ProcessMetrics {

  private final WorkTimes times;
  private final Clock clock;

  /**
   * All series of a run, at their initial values.
   *
   * @param featureTargets the desired moment of each feature; NaN where none is asked
   * @param clock for timestamps
   */
  public RunMetrics(Map<String, Double> featureTargets, Clock clock) {
    this(featureTargets, clock, System::nanoTime);
  }

  /** As the other constructor, with a source of durations. */
  public RunMetrics(Map<String, Double> featureTargets, Clock clock, LongSupplier nanoTime) {
    super(EnumSet.complementOf(WorkerMetrics.OWN), List.copyOf(featureTargets.keySet()));
    this.clock = clock;
    this.times = new WorkTimes(nanoTime, this::count);
    featureTargets.forEach((feature, moment) -> set(Metric.FEATURE_TARGET, moment, feature));
    state(ServiceState.STARTING);
  }

  public StageMetrics stage(Stage stage) {
    return new StageMetrics(this, times, stage);
  }

  /** How the workers of a stage have spent their time since the process started, until now. */
  public WorkTime time(Stage stage) {
    return times.total(stage);
  }

  private void count(Stage stage, WorkTime time) {
    add(Metric.STAGE_BUSY_SECONDS_TOTAL, time.busySeconds(), stage);
    for (BlockedReason reason : time.blocked().keySet()) {
      add(Metric.STAGE_BLOCKED_SECONDS_TOTAL, time.blockedSeconds(reason), stage, reason);
    }
  }

  /** The ledger of a new stream. */
  public SequenceLedger ledger() {
    return new SequenceLedger(this);
  }

  /** The bound on staleness holds back a draw until the clock is closed. */
  public WorkClock admissionCloses() {
    WorkClock closed =
        times.clock(
            time ->
                add(
                    Metric.ADMISSION_CLOSED_SECONDS_TOTAL,
                    time.blockedSeconds(BlockedReason.ADMISSION)));
    closed.waitFor(BlockedReason.ADMISSION);
    return closed;
  }

  /** A pause of the stream begins or ends. */
  public void paused(boolean begins) {
    times.pause(begins);
  }

  /** The service is in this state. */
  public void state(ServiceState state) {
    for (ServiceState each : ServiceState.values()) {
      set(Metric.SERVICE_STATE, each == state ? 1 : 0, each.name());
    }
  }

  /** Sets a gauge to the current Unix time. */
  public void setNow(Metric metric, String... labels) {
    set(metric, clock.millis() / 1e3, labels);
  }

  /** Sets the gauges of these measurements; all others keep their values. */
  public void publish(Measurements measurements) {
    measurements
        .values()
        .forEach((key, value) -> set(key.metric(), value, key.labels().toArray(String[]::new)));
  }

  @Override
  public double value(Metric metric, String... labels) {
    times.read();
    return super.value(metric, labels);
  }

  @Override
  public Exposition scrape(@Nullable String accept) {
    times.read();
    return super.scrape(accept);
  }
}
