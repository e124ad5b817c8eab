package io.tributary.tools.report;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.hipparchus.distribution.continuous.TDistribution;
import org.hipparchus.stat.StatUtils;
import org.hipparchus.stat.regression.SimpleRegression;

/**
 * An estimate whose error has Student's t distribution, tested against 0.
 *
 * @param n number of observations
 * @param value the estimate
 * @param low lower end of the 95 % confidence interval
 * @param high upper end
 * @param p two-sided
 */
record Estimate(int n, double value, double low, double high, double p) {
  private static final double UPPER_TAIL = 0.975;
  private static final int LEAST_FREEDOM = 2;

  /** The mean of paired differences; empty if there are fewer than two or all are the same. */
  static Optional<Estimate> mean(double[] differences) {
    int n = differences.length;
    double standardError = n < 2 ? 0 : Math.sqrt(StatUtils.variance(differences) / n);
    return standardError > 0
        ? Optional.of(of(n, StatUtils.mean(differences), standardError, n - 1))
        : Optional.empty();
  }

  /**
   * The slope of a linear regression of several groups, each of which has an intercept of its own,
   * so that differences between groups do not affect it. Empty with fewer than two degrees of
   * freedom, or if the fit is exact.
   *
   * @param groups of points (x, y)
   */
  static Optional<Estimate> slopeWithin(Collection<List<double[]>> groups) {
    int n = 0;
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (List<double[]> group : groups) {
      n += group.size();
      if (group.size() > 1) { // a single point only sets the intercept of its group
        SimpleRegression regression = new SimpleRegression();
        group.forEach(point -> regression.addData(point[0], point[1]));
        xx += regression.getXSumSquares();
        xy += regression.getSumOfCrossProducts();
        yy += regression.getTotalSumSquares();
      }
    }
    int freedom = n - groups.size() - 1;
    double slope = xy / xx;
    double standardError = Math.sqrt((yy - slope * xy) / freedom / xx);
    return freedom >= LEAST_FREEDOM && standardError > 0
        ? Optional.of(of(n, slope, standardError, freedom))
        : Optional.empty();
  }

  private static Estimate of(int n, double value, double standardError, int freedom) {
    TDistribution student = new TDistribution(freedom);
    double reach = student.inverseCumulativeProbability(UPPER_TAIL) * standardError;
    double p = 2 * student.cumulativeProbability(-Math.abs(value) / standardError);
    return new Estimate(n, value, value - reach, value + reach, p);
  }
}
