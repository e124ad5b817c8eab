package io.tributary.tools.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.tools.report.Comparison.Scale;
import java.util.List;
import org.hipparchus.stat.regression.OLSMultipleLinearRegression;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  private static final double TINY = 1e-9;

  @Test
  void thePairedTestIsStudents() {
    double[] differences = {1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4};
    Estimate test = Estimate.mean(differences).orElseThrow();

    assertThat(test.n()).isEqualTo(10);
    assertThat(test.value()).isEqualTo(1.58, within(1e-12));
    assertThat(test.low()).isEqualTo(0.7001142, within(1e-6));
    assertThat(test.high()).isEqualTo(2.4598858, within(1e-6));
    assertThat(test.p()).isEqualTo(0.00283289, within(1e-7));
    assertThat(Estimate.mean(new double[] {1})).isEmpty();
    assertThat(Estimate.mean(new double[] {1, 1})).isEmpty();
  }

  @Test
  void aContrastIsShownAsARatioAndIsANumberWhereThereIsNone() {
    assertThat(Scale.CONTRAST.shown(Scale.CONTRAST.compare(3, 2))).isEqualTo(1.5, within(TINY));
    assertThat(Scale.CONTRAST.compare(3, 0)).isEqualTo(1);
    assertThat(Scale.CONTRAST.shown(1)).isInfinite();
    assertThat(Scale.CONTRAST.shown(-1.2)).isZero();
    assertThat(Scale.CONTRAST.compare(0, 0)).isNaN();
    assertThat(Scale.LOG_RATIO.shown(Scale.LOG_RATIO.compare(3, 2))).isEqualTo(1.5, within(TINY));
    assertThat(Scale.DIFFERENCE.shown(Scale.DIFFERENCE.compare(3, 2))).isEqualTo(1);
  }

  /** The other way to fit it: least squares with a column of ones for each group. */
  @Test
  void aSlopeWithinGroupsIsThatOfARegressionWithTheirIntercepts() {
    List<List<double[]>> groups =
        List.of(
            List.of(point(1, 2.1), point(2, 3.9), point(3, 6.2), point(4, 8.0)),
            List.of(point(1, 21), point(2, 22.5), point(4, 27)),
            List.of(point(7, -3), point(9, 0.5)));
    double[] y = groups.stream().flatMap(List::stream).mapToDouble(p -> p[1]).toArray();
    double[][] x = new double[y.length][4];
    int row = 0;
    for (int i = 0; i < groups.size(); i++) {
      for (double[] point : groups.get(i)) {
        x[row][0] = point[0];
        x[row++][1 + i] = 1;
      }
    }
    OLSMultipleLinearRegression regression = new OLSMultipleLinearRegression();
    regression.setNoIntercept(true);
    regression.newSampleData(y, x);
    double error = regression.estimateRegressionParametersStandardErrors()[0];
    Estimate slope = Estimate.slopeWithin(groups).orElseThrow();

    assertThat(slope.n()).isEqualTo(9);
    assertThat(slope.value()).isEqualTo(regression.estimateRegressionParameters()[0], within(TINY));
    // qt(0.975, 5)
    assertThat(slope.high() - slope.value()).isEqualTo(2.570581836 * error, within(1e-8));
    assertThat(slope.p()).isBetween(0.0, 0.001);
    assertThat(Estimate.slopeWithin(groups.subList(2, 3))).isEmpty();
    assertThat(Estimate.slopeWithin(List.of())).isEmpty();
  }

  private static double[] point(double x, double y) {
    return new double[] {x, y};
  }

  /** As in R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm"). */
  @Test
  void holmsAdjustmentPassesOverWhatWasNotTested() {
    assertThat(Claims.holm(new double[] {0.01, Double.NaN, 0.04, 0.03, 0.005}))
        .containsExactly(new double[] {0.03, Double.NaN, 0.06, 0.06, 0.02}, within(TINY));
    assertThat(Claims.holm(new double[] {0.9, 0.8})).containsExactly(1, 1);
  }
}
