package io.tributary.report;

import java.util.Arrays;
import java.util.Optional;
import org.hipparchus.distribution.continuous.TDistribution;

/**
 * Student's t test of the mean of paired differences against 0.
 *
 * @param n pairs
 * @param mean of the differences
 * @param low lower end of the 95 % confidence interval of the mean
 * @param high upper end
 * @param p two-sided
 */
record PairedTest(int n, double mean, double low, double high, double p) {
  private static final double UPPER_TAIL = 0.975;

  /** Nothing with fewer than two differences, or where all are the same. */
  static Optional<PairedTest> of(double[] differences) {
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
    TDistribution student = new TDistribution(n - 1);
    double reach = student.inverseCumulativeProbability(UPPER_TAIL) * standardError;
    double p = 2 * student.cumulativeProbability(-Math.abs(mean) / standardError);
    return Optional.of(new PairedTest(n, mean, mean - reach, mean + reach, p));
  }
}
