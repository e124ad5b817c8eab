package io.tributary.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.core.metrics.MetricWithFixedMetadata;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The Prometheus collectors of the table {@link Metric}, with every series there from the start.
 * Thread-safe.
 */
sealed class MetricTable permits ProcessMetrics {

  /** Where the collectors are registered. */
  final PrometheusRegistry registry = new PrometheusRegistry();

  private final Map<Metric, Counter> counters = new EnumMap<>(Metric.class);
  private final Map<Metric, Gauge> gauges = new EnumMap<>(Metric.class);
  private final Map<Metric, Histogram> histograms = new EnumMap<>(Metric.class);
  private final Map<Metric, Info> infos = new EnumMap<>(Metric.class);

  /**
   * Registers metrics.
   *
   * @param metrics those of this process
   * @param features names of the target's features, each of which has its own series
   */
  MetricTable(Set<Metric> metrics, List<String> features) {
    for (Metric metric : metrics) {
      switch (metric.type()) {
        case COUNTER -> {
          Counter counter = describe(Counter.builder(), metric).register(registry);
          series(metric, features).forEach(counter::initLabelValues);
          counters.put(metric, counter);
        }
        case LEVEL, MEASURED -> {
          Gauge gauge = describe(Gauge.builder(), metric).register(registry);
          double start = metric.type() == Metric.Type.LEVEL ? 0 : Double.NaN;
          series(metric, features).forEach(labels -> gauge.labelValues(labels).set(start));
          gauges.put(metric, gauge);
        }
        case HISTOGRAM -> {
          Histogram.Builder builder = Histogram.builder().classicOnly();
          builder.classicUpperBounds(metric.buckets());
          histograms.put(metric, describe(builder, metric).register(registry));
        }
        case INFO -> infos.put(metric, describe(Info.builder(), metric).register(registry));
      }
    }
  }

  /** Adds to a counter. */
  public final void add(Metric metric, double by, Label.Value... labels) {
    String[] values = Arrays.stream(labels).map(Label.Value::label).toArray(String[]::new);
    required(counters, metric).labelValues(values).inc(by);
  }

  /** Adds to a counter whose first label depends on the run. */
  public final void add(Metric metric, double by, String first, Label.Value... further) {
    String[] values = new String[1 + further.length];
    values[0] = first;
    for (int i = 0; i < further.length; i++) {
      values[1 + i] = further[i].label();
    }
    required(counters, metric).labelValues(values).inc(by);
  }

  /** Sets a gauge. */
  public final void set(Metric metric, double value, String... labels) {
    required(gauges, metric).labelValues(labels).set(value);
  }

  /** Sets a gauge of a whole number. */
  public final void set(Metric metric, long value, String... labels) {
    set(metric, (double) value, labels);
  }

  /** Sets a gauge in seconds. */
  public final void set(Metric metric, Duration time) {
    set(metric, WorkTime.seconds(time));
  }

  /** Adds an observation to a histogram. */
  public final void observe(Metric metric, double value, String... labels) {
    required(histograms, metric).labelValues(labels).observe(value);
  }

  /** Sets the labels of an info metric. */
  public final void info(Metric metric, String... labels) {
    required(infos, metric).setLabelValues(labels);
  }

  /** Removes a gauge's series, since its subject is gone. */
  public final void remove(Metric metric, String... labels) {
    required(gauges, metric).remove(labels);
  }

  /** The current value of a counter or gauge; its series begins if there is none. */
  public double value(Metric metric, String... labels) {
    Counter counter = counters.get(metric);
    return counter != null
        ? counter.labelValues(labels).get()
        : required(gauges, metric).labelValues(labels).get();
  }

  private static <T> T required(Map<Metric, T> collectors, Metric metric) {
    return Objects.requireNonNull(
        collectors.get(metric), () -> metric.key() + " is a " + metric.type());
  }

  private static <
          B extends MetricWithFixedMetadata.Builder<B, M>, M extends MetricWithFixedMetadata>
      B describe(B builder, Metric metric) {
    builder.name(metric.exposedName()).help(metric.help());
    builder.labelNames(metric.labelNames().toArray(String[]::new));
    if (metric.key().replaceFirst("_total$", "").endsWith("_" + metric.unit())) {
      builder.unit(new Unit(metric.unit()));
    }
    return builder;
  }

  /** Label values of all series known at the start; none where a label's are not known yet. */
  private static List<String[]> series(Metric metric, List<String> features) {
    List<String[]> series = new ArrayList<>();
    series.add(new String[0]);
    for (Label label : metric.labels()) {
      List<String> values = label.equals(Label.FEATURE) ? features : label.values();
      List<String[]> longer = new ArrayList<>();
      for (String[] labels : series) {
        for (String value : values) {
          String[] extended = Arrays.copyOf(labels, labels.length + 1);
          extended[labels.length] = value;
          longer.add(extended);
        }
      }
      series = longer;
    }
    return series;
  }
}
