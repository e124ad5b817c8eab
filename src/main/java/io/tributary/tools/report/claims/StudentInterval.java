package io.tributary.tools.report.claims;

import org.hipparchus.distribution.continuous.TDistribution;

/**
 * What an estimate says whose error has Student's t distribution.
 *
 * @param low lower end of the 95 % confidence interval
 * @param high upper end
 * @param p of the estimate against 0, two-sided
 */
record StudentInterval(double low, double high, double p) {
  private static final double UPPER_TAIL = 0.975;

  static StudentInterval of(double estimate, double standardError, int freedom) {
    TDistribution student = new TDistribution(freedom);
    double reach = student.inverseCumulativeProbability(UPPER_TAIL) * standardError;
    double p = 2 * student.cumulativeProbability(-Math.abs(estimate) / standardError);
    return new StudentInterval(estimate - reach, estimate + reach, p);
  }
}
