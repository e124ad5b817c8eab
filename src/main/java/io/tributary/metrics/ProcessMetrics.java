package io.tributary.metrics;

import com.sun.management.OperatingSystemMXBean;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The metrics of a process of this program, of the JVM and of the process itself. Thread-safe. */
public abstract sealed class ProcessMetrics extends MetricTable permits RunMetrics, WorkerMetrics {

  /** What every process has of the table. */
  private static final Set<Metric> EVERYWHERE =
      EnumSet.of(Metric.BUILD_INFO, Metric.MEMORY_LIMIT_BYTES, Metric.NATIVE_TENSOR_BYTES);

  /**
   * All metrics, rendered.
   *
   * @param contentType media type and version of the format
   * @param body the text, in UTF-8
   */
  public record Exposition(String contentType, byte[] body) {}

  private final ExpositionFormats formats = ExpositionFormats.init();
  private volatile @Nullable LongSupplier nativeTensorBytes;

  ProcessMetrics(Set<Metric> own, List<String> features) {
    super(withThoseOfEveryProcess(own), features);
    info(Metric.BUILD_INFO, version(), Runtime.version().toString());
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
      set(Metric.MEMORY_LIMIT_BYTES, system.getTotalMemorySize());
    }
    JvmMetrics.builder().register(registry);
  }

  private static Set<Metric> withThoseOfEveryProcess(Set<Metric> own) {
    Set<Metric> all = EnumSet.copyOf(own);
    all.addAll(EVERYWHERE);
    return all;
  }

  /** Sets the source of the memory of all live tensors in bytes, read at each scrape. */
  public final void nativeTensorBytes(LongSupplier bytes) {
    nativeTensorBytes = bytes;
  }

  /**
   * All metrics as text.
   *
   * @param accept the request's {@code Accept} header: OpenMetrics if it is accepted, the
   *     Prometheus text format otherwise
   */
  public Exposition scrape(@Nullable String accept) {
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
    String version = ProcessMetrics.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }
}
