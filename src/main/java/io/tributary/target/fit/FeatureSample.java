package io.tributary.target.fit;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Features of sequences drawn from the base model. Sequences with equal values are counted
 * together, so that computations take time in the number of different values only. Not thread-safe.
 */
public final class FeatureSample {
  private final Map<List<Double>, Integer> counts = new LinkedHashMap<>();
  private int size;

  /**
   * Adds a sequence.
   *
   * @param features (features), phi(x)
   */
  public void add(double[] features) {
    counts.merge(Arrays.stream(features).boxed().toList(), 1, Integer::sum);
    size++;
  }

  /** Number of sequences. */
  public int size() {
    return size;
  }

  /** A vector of feature values, and the number of sequences that have it. */
  record Point(double[] features, int count) {}

  /** All different vectors, in order of first occurrence. */
  List<Point> points() {
    return counts.entrySet().stream()
        .map(
            entry ->
                new Point(
                    entry.getKey().stream().mapToDouble(Double::doubleValue).toArray(),
                    entry.getValue()))
        .toList();
  }
}
