package io.tributary.metrics;

import com.sun.management.OperatingSystemMXBean;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.tributary.data.ServiceState;
import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.Label.Stage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The metrics of one run, the JVM and the process. Thread-safe. */
public final class RunMetrics extends MetricTable {

  /**
   * All metrics, rendered.
   *
   * @param contentType media type and version of the format
   * @param body the text, in UTF-8
   */
  public record Exposition(String contentType, byte[] body) {}

  private final ExpositionFormats formats = ExpositionFormats.init();
  private final WorkTimes times;
  private final Clock clock;
  private volatile @Nullable LongSupplier nativeTensorBytes;

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
    super(List.copyOf(featureTargets.keySet()));
    this.clock = clock;
    this.times = new WorkTimes(nanoTime, this::count);
    featureTargets.forEach((feature, moment) -> set(Metric.FEATURE_TARGET, moment, feature));
    info(Metric.BUILD_INFO, version(), Runtime.version().toString());
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
      set(Metric.MEMORY_LIMIT_BYTES, system.getTotalMemorySize());
    }
    state(ServiceState.STARTING);
    JvmMetrics.builder().register(registry);
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

  /** Sets the source of the memory of all live tensors in bytes, read at each scrape. */
  public void nativeTensorBytes(LongSupplier bytes) {
    nativeTensorBytes = bytes;
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

  /**
   * All metrics as text.
   *
   * @param accept the request's {@code Accept} header: OpenMetrics if it is accepted, the
   *     Prometheus text format otherwise
   */
  public Exposition scrape(@Nullable String accept) {
    times.read();
    LongSupplier bytes = nativeTensorBytes;
    if (bytes != null) {
      set(Metric.NATIVE_TENSOR_BYTES, bytes.getAsLong());
    }
    ExpositionFormatWriter openMetrics = formats.getOpenMetricsTextFormatWriter();
    ExpositionFormatWriter writer =
        openMetrics.accepts(accept) ? openMetrics : formats.getPrometheusTextFormatWriter();
    ByteArrayOutputStream body = new ByteArrayOutputStream(1 << 16);
    try {
      writer.write(body, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Exposition(writer.getContentType(), body.toByteArray());
  }

  private static String version() {
    String version = RunMetrics.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }
}
