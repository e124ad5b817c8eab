package io.tributary.tools.report.claims;

import java.util.Optional;
import org.hipparchus.stat.StatUtils;

/**
 * Student's t test of the mean of paired differences against 0.
 *
 * @param n pairs
 * @param mean of the differences
 * @param interval of the mean
 */
record PairedTest(int n, double mean, StudentInterval interval) {
  /** Nothing with fewer than two differences, or where all are the same. */
  static Optional<PairedTest> of(double[] differences) {
    int n = differences.length;
    if (n < 2) {
      return Optional.empty();
    }
    double mean = StatUtils.mean(differences);
    double standardError = Math.sqrt(StatUtils.variance(differences, mean) / n);
    if (!(standardError > 0)) {
      return Optional.empty();
    }
    return Optional.of(new PairedTest(n, mean, StudentInterval.of(mean, standardError, n - 1)));
  }
}
