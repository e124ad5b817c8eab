package io.tributary.objective.estimate;

import java.util.Arrays;

/** Arithmetic on logarithms, which neither overflows nor underflows. */
public final class LogSpace {
  private LogSpace() {}

  /** log sum_j exp(logs_j), shifted by the maximum so that nothing overflows; -inf for no terms. */
  static double logSum(double[] logs) {
    double max = max(logs);
    if (max == Double.NEGATIVE_INFINITY) {
      return max;
    }
    double sum = 0;
    for (double log : logs) {
      sum += Math.exp(log - max);
    }
    return max + Math.log(sum);
  }

  /** The largest element; -inf where there is none. */
  static double max(double[] logs) {
    return Arrays.stream(logs).max().orElse(Double.NEGATIVE_INFINITY);
  }

  /** log(1 + exp(x)), which nears x where exp(x) would overflow. */
  public static double logOnePlusExp(double x) {
    return Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  /**
   * {@code factor * value}, where a factor of 0 gives 0 even for an infinite value: 0 log 0 = 0.
   */
  public static double weigh(double factor, double value) {
    return factor == 0 ? 0 : factor * value;
  }

  /** The differences of two arrays, element by element: of logarithms, the log of the ratio. */
  public static double[] minus(double[] first, double[] second) {
    requireSameLength(first, second);
    double[] differences = first.clone();
    Arrays.setAll(differences, j -> first[j] - second[j]);
    return differences;
  }

  /** Requires arrays that run over the same sequences. */
  public static void requireSameLength(double[] first, double[] second) {
    if (first.length != second.length) {
      throw new IllegalArgumentException(
          "the arrays must run over the same sequences, got lengths %d and %d"
              .formatted(first.length, second.length));
    }
  }
}
