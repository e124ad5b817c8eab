package io.tributary.tools.report.claims;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.hipparchus.stat.regression.SimpleRegression;

/**
 * A linear regression with one slope for several groups, each of which has an intercept of its own,
 * so that what differs from group to group is no part of the slope.
 *
 * @param n points
 * @param slope of y against x
 * @param interval of the slope
 */
record WithinSlope(int n, double slope, StudentInterval interval) {
  private static final int LEAST_FREEDOM = 2;

  /**
   * Fits it by least squares; nothing where it leaves fewer than two degrees of freedom, or fits
   * exactly.
   *
   * @param groups of points (x, y)
   */
  static Optional<WithinSlope> of(Collection<List<double[]>> groups) {
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
    if (freedom < LEAST_FREEDOM || !(standardError > 0)) {
      return Optional.empty();
    }
    return Optional.of(
        new WithinSlope(n, slope, StudentInterval.of(slope, standardError, freedom)));
  }
}
