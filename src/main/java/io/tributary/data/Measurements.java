package io.tributary.data;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Named measurements of one learner step or one evaluation: what a row of {@code metrics.jsonl} and
 * the Prometheus gauges are both made from, so that a quantity has one name and is computed once.
 *
 * <p>A value's key is a metric's name without the prefix, followed by the values of its labels.
 * Units are those of the metric. NaN means absent.
 */
public final class Measurements {

  /** A metric's name (without prefix) and the values of its labels, in the order of declaration. */
  public record Key(String name, java.util.List<String> labels) implements Comparable<Key> {
    public Key {
      labels = java.util.List.copyOf(labels);
    }

    @Override
    public int compareTo(Key other) {
      int byName = name.compareTo(other.name);
      return byName != 0 ? byName : labels.toString().compareTo(other.labels.toString());
    }
  }

  private final Map<Key, Double> values = new TreeMap<>();

  /** Sets a value; {@code labels} are the values of the metric's labels. */
  public Measurements put(String name, double value, String... labels) {
    values.put(new Key(name, java.util.List.of(labels)), value);
    return this;
  }

  /** Sets all values of other measurements. */
  public Measurements put(Measurements others) {
    values.putAll(others.values);
    return this;
  }

  /** The value, or NaN where there is none. */
  public double get(String name, String... labels) {
    return values.getOrDefault(new Key(name, java.util.List.of(labels)), Double.NaN);
  }

  /** All values, sorted by name and labels. */
  public Map<Key, Double> values() {
    return new LinkedHashMap<>(values);
  }
}
