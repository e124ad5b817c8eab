package io.tributary.tools.report.page;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoublePredicate;
import java.util.stream.IntStream;

/**
 * The course of a quantity.
 *
 * @param x increasing, such as sequences learned from
 * @param y its value at each x
 */
public record Series(double[] x, double[] y) {
  public static final Series EMPTY = new Series(new double[0], new double[0]);

  public boolean isEmpty() {
    return x.length == 0;
  }

  /** The last value, or NaN. */
  public double last() {
    return isEmpty() ? Double.NaN : y[y.length - 1];
  }

  /** The first value, or NaN. */
  public double first() {
    return isEmpty() ? Double.NaN : y[0];
  }

  /** The largest value, or NaN. */
  public double max() {
    return Arrays.stream(y).max().orElse(Double.NaN);
  }

  /** The value at a position, by linear interpolation; NaN outside the points. */
  public double at(double position) {
    int i = Arrays.binarySearch(x, position);
    if (i >= 0) {
      return y[i];
    }
    int next = -i - 1;
    if (next == 0 || next == x.length) {
      return Double.NaN;
    }
    double share = (position - x[next - 1]) / (x[next] - x[next - 1]);
    return y[next - 1] + share * (y[next] - y[next - 1]);
  }

  /** Means over {@code bins} intervals of equal numbers of points, at the mean of their x. */
  public Series binned(int bins) {
    if (x.length <= bins) {
      return this;
    }
    double[] means = new double[bins];
    double[] at = new double[bins];
    for (int i = 0; i < bins; i++) {
      int from = (int) ((long) x.length * i / bins);
      int to = (int) ((long) x.length * (i + 1) / bins);
      at[i] = Arrays.stream(x, from, to).average().orElseThrow();
      means[i] = Arrays.stream(y, from, to).average().orElseThrow();
    }
    return new Series(at, means);
  }

  /** The same points with the value computed from x and y. */
  public Series map(DoubleBinaryOperator value) {
    return new Series(
        x,
        IntStream.range(0, x.length).mapToDouble(i -> value.applyAsDouble(x[i], y[i])).toArray());
  }

  /** The points at some of the x. */
  public Series where(DoublePredicate wanted) {
    int[] kept = IntStream.range(0, x.length).filter(i -> wanted.test(x[i])).toArray();
    return new Series(
        Arrays.stream(kept).mapToDouble(i -> x[i]).toArray(),
        Arrays.stream(kept).mapToDouble(i -> y[i]).toArray());
  }

  /** The same with x divided by a factor. */
  public Series scaled(double factor) {
    return new Series(Arrays.stream(x).map(value -> value / factor).toArray(), y);
  }

  /** The x at which the value first reaches a level from below, by linear interpolation. */
  public OptionalDouble reaches(double level) {
    for (int i = 0; i < x.length; i++) {
      if (y[i] >= level) {
        return OptionalDouble.of(
            i == 0 ? x[0] : x[i - 1] + (x[i] - x[i - 1]) * (level - y[i - 1]) / (y[i] - y[i - 1]));
      }
    }
    return OptionalDouble.empty();
  }

  /**
   * The mean value over x: the area under the curve over its length; NaN with fewer than 2 points.
   */
  public double mean() {
    double area = 0;
    for (int i = 1; i < x.length; i++) {
      area += (x[i] - x[i - 1]) * (y[i] + y[i - 1]) / 2;
    }
    return x.length < 2 ? Double.NaN : area / (x[x.length - 1] - x[0]);
  }
}
