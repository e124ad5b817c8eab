package io.tributary.metrics;

import com.sun.management.OperatingSystemMXBean;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.tributary.data.ServiceState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The metrics of one run, the JVM and the process. Thread-safe. */
public final class RunMetrics {

  /**
   * All metrics, rendered.
   *
   * @param contentType media type and version of the format
   * @param body the text, in UTF-8
   */
  public record Exposition(String contentType, byte[] body) {}

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ExpositionFormats formats = ExpositionFormats.init();
  private final MetricTable table;
  private final WorkTimes times;
  private final Clock clock;
  private volatile @Nullable LongSupplier nativeTensorBytes;

  private RunMetrics(Map<String, Double> featureTargets, Clock clock, LongSupplier nanoTime) {
    this.clock = clock;
    this.times = new WorkTimes(nanoTime, this::count);
    this.table = new MetricTable(registry, List.copyOf(featureTargets.keySet()));
    featureTargets.forEach((feature, moment) -> table.set(Metric.FEATURE_TARGET, moment, feature));
    table.info(Metric.BUILD_INFO, version(), Runtime.version().toString());
    memoryBytes().ifPresent(this::memoryLimit);
    service().state(ServiceState.STARTING);
    JvmMetrics.builder().register(registry);
  }

  /**
   * All series of a run, at their initial values.
   *
   * @param featureTargets the desired moment of each feature; NaN where none is asked
   */
  public static RunMetrics create(Map<String, Double> featureTargets) {
    return create(featureTargets, Clock.systemUTC());
  }

  /** As {@link #create(Map)}, with a clock for timestamps. */
  public static RunMetrics create(Map<String, Double> featureTargets, Clock clock) {
    return create(featureTargets, clock, System::nanoTime);
  }

  /** As {@link #create(Map)}, with clocks for timestamps and durations. */
  public static RunMetrics create(
      Map<String, Double> featureTargets, Clock clock, LongSupplier nanoTime) {
    return new RunMetrics(featureTargets, clock, nanoTime);
  }

  public StageMetrics stage(Stage stage) {
    return new StageMetrics(table, times, stage, clock);
  }

  /** How the workers of a stage have spent their time since the process started, until now. */
  public WorkTime time(Stage stage) {
    return times.total(stage);
  }

  private void count(Stage stage, WorkTime time) {
    table.increment(Metric.STAGE_BUSY_SECONDS_TOTAL, time.busySeconds(), stage.label());
    for (BlockedReason reason : time.blocked().keySet()) {
      table.increment(
          Metric.STAGE_BLOCKED_SECONDS_TOTAL,
          time.blockedSeconds(reason),
          stage.label(),
          reason.label());
    }
  }

  public FlowMetrics flow() {
    return new FlowMetrics(table, times);
  }

  /** The ledger of a new stream. */
  public SequenceLedger ledger() {
    return new SequenceLedger(flow(), stage(Stage.SAMPLER), stage(Stage.LEARNER));
  }

  public LearningMetrics learning() {
    return new LearningMetrics(table, clock);
  }

  public WeightMetrics weights() {
    return new WeightMetrics(table);
  }

  public ServiceMetrics service() {
    return new ServiceMetrics(table, times, clock);
  }

  /** Sets the source of the memory of all live tensors in bytes, read at each scrape. */
  public void nativeTensorBytes(LongSupplier bytes) {
    nativeTensorBytes = bytes;
  }

  /** Sets the gauges of these measurements; all others keep their values. */
  public void publish(Measurements measurements) {
    measurements
        .values()
        .forEach(
            (key, value) -> table.set(key.metric(), value, key.labels().toArray(String[]::new)));
  }

  /** Sets the memory limit of the process in bytes; by default that of the container or machine. */
  public void memoryLimit(long bytes) {
    table.set(Metric.MEMORY_LIMIT_BYTES, (double) bytes);
  }

  /** The present value of a counter or gauge; its series begins if there is none. */
  public double value(Metric metric, String... labels) {
    times.read();
    return table.value(metric, labels);
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
      table.set(Metric.NATIVE_TENSOR_BYTES, (double) bytes.getAsLong());
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

  /** Memory of the container, or of the machine. */
  private static OptionalLong memoryBytes() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? OptionalLong.of(system.getTotalMemorySize())
        : OptionalLong.empty();
  }

  private static String version() {
    String version = RunMetrics.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }
}
