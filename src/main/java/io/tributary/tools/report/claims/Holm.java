package io.tributary.tools.report.claims;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Adjustment of p-values for several tests (Holm 1979, Scandinavian Journal of Statistics 6). */
final class Holm {
  private Holm() {}

  /** The adjusted value of each, in the same order; NaN stays NaN and counts as no test. */
  static double[] adjusted(double[] p) {
    int[] order =
        IntStream.range(0, p.length)
            .filter(i -> !Double.isNaN(p[i]))
            .boxed()
            .sorted(Comparator.comparingDouble(i -> p[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] adjusted = new double[p.length];
    Arrays.fill(adjusted, Double.NaN);
    double largest = 0;
    for (int rank = 0; rank < order.length; rank++) {
      largest = Math.max(largest, Math.min(1, (order.length - rank) * p[order[rank]]));
      adjusted[order[rank]] = largest;
    }
    return adjusted;
  }
}
