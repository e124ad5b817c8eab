package io.tributary.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one learner step or one evaluation has measured. A row of {@code metrics.jsonl} and the
 * Prometheus gauges are both made from it, so that a quantity has one name and is computed once.
 * Units are those of the metric; NaN means absent.
 */
public final class Measurements {
  private final Map<Key, Double> values = new TreeMap<>();

  /**
   * A gauge and the values of its labels, in the order of declaration. Keys are ordered by name and
   * labels.
   */
  public record Key(Metric metric, List<String> labels) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing((Key key) -> key.metric.key())
            .thenComparing(key -> key.labels.toString());

    /**
     * @throws IllegalArgumentException if the metric is not a gauge, or has other labels
     */
    public Key {
      labels = List.copyOf(labels);
      String flaw = metric.flaw(labels);
      if (flaw != null) {
        throw new IllegalArgumentException(flaw);
      }
    }

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /** Sets the value of a metric without a label, or with labels other than features. */
  public Measurements put(Metric metric, double value, Label.Value... labels) {
    return put(new Key(metric, labels(labels)), value);
  }

  /** Sets the value of a feature's metric. */
  public Measurements put(Metric metric, double value, String feature, Label.Value label) {
    return put(new Key(metric, List.of(feature, label.label())), value);
  }

  Measurements put(Key key, double value) {
    values.put(key, value);
    return this;
  }

  /** Sets all values of other measurements. */
  public Measurements put(Measurements others) {
    values.putAll(others.values);
    return this;
  }

  /** Sets an estimate of a Kullback-Leibler divergence and its standard error, in nats. */
  public Measurements putKl(Label.Pair pair, double value, double standardError) {
    return put(Metric.KL_NATS, value, pair).put(Metric.KL_STDERR_NATS, standardError, pair);
  }

  /** Sets an estimate of a feature's mean under a distribution and its standard error. */
  public Measurements putMoment(
      String feature, Label.Distribution distribution, double value, double standardError) {
    return put(Metric.FEATURE_MOMENT, value, feature, distribution)
        .put(Metric.FEATURE_MOMENT_STDERR, standardError, feature, distribution);
  }

  /** The value of a metric without a label, or with labels other than features; NaN if absent. */
  public double get(Metric metric, Label.Value... labels) {
    return get(new Key(metric, labels(labels)));
  }

  /** The value of a feature's metric; NaN where there is none. */
  public double get(Metric metric, String feature, Label.Value label) {
    return get(new Key(metric, List.of(feature, label.label())));
  }

  private static List<String> labels(Label.Value... labels) {
    return Arrays.stream(labels).map(Label.Value::label).toList();
  }

  private double get(Key key) {
    return values.getOrDefault(key, Double.NaN);
  }

  /** The values that {@code others} lacks. */
  public Measurements without(Map<Key, Double> others) {
    Measurements rest = new Measurements();
    rest.values.putAll(values);
    rest.values.keySet().removeAll(others.keySet());
    return rest;
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** All values, sorted by name and labels. */
  public Map<Key, Double> values() {
    return new LinkedHashMap<>(values);
  }
}
