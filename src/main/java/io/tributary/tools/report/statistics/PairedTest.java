package io.tributary.tools.report.statistics;

import java.util.Arrays;
import java.util.Optional;

/**
 * Student's t test of the mean of paired differences against 0.
 *
 * @param n pairs
 * @param mean of the differences
 * @param interval of the mean
 */
public record PairedTest(int n, double mean, StudentInterval interval) {
  /** Nothing with fewer than two differences, or where all are the same. */
  public static Optional<PairedTest> of(double[] differences) {
    int n = differences.length;
    if (n < 2) {
      return Optional.empty();
    }
    double mean = Arrays.stream(differences).average().orElseThrow();
    double squares = Arrays.stream(differences).map(d -> (d - mean) * (d - mean)).sum();
    double standardError = Math.sqrt(squares / (n - 1) / n);
    if (!(standardError > 0)) {
      return Optional.empty();
    }
    return Optional.of(new PairedTest(n, mean, StudentInterval.of(mean, standardError, n - 1)));
  }
}
