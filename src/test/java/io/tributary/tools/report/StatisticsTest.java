package io.tributary.tools.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.tools.report.draw.Curve;
import io.tributary.tools.report.draw.Curve.Band;
import io.tributary.tools.report.draw.Curve.Style;
import io.tributary.tools.report.draw.Scale;
import io.tributary.tools.report.draw.Series;
import io.tributary.tools.report.statistics.Holm;
import io.tributary.tools.report.statistics.PairedTest;
import io.tributary.tools.report.statistics.WithinSlope;
import java.util.List;
import org.hipparchus.stat.regression.OLSMultipleLinearRegression;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  private static final double TINY = 1e-9;

  private static Series series(double... xy) {
    double[] x = new double[xy.length / 2];
    double[] y = new double[xy.length / 2];
    for (int i = 0; i < x.length; i++) {
      x[i] = xy[2 * i];
      y[i] = xy[2 * i + 1];
    }
    return new Series(x, y);
  }

  @Test
  void aSeriesIsLinearBetweenItsPointsAndNothingOutsideOfThem() {
    Series series = series(0, 1, 10, 3, 20, 3);

    assertThat(series.at(5)).isEqualTo(2);
    assertThat(series.at(10)).isEqualTo(3);
    assertThat(series.at(21)).isNaN();
    assertThat(series.at(-1)).isNaN();
    assertThat(series.reaches(2.5).orElseThrow()).isEqualTo(7.5);
    assertThat(series.reaches(1).orElseThrow()).isZero();
    assertThat(series.reaches(3.1)).isEmpty();
    assertThat(series.mean()).isEqualTo(2.5);
    assertThat(series.last()).isEqualTo(3);
    assertThat(Series.EMPTY.last()).isNaN();
    assertThat(series(4, 1).mean()).isNaN();
  }

  @Test
  void binsAreMeansOfNeighbours() {
    Series binned = series(1, 10, 2, 20, 3, 30, 4, 50).binned(2);

    assertThat(binned.x()).containsExactly(1.5, 3.5);
    assertThat(binned.y()).containsExactly(15, 40);
    assertThat(binned.binned(5)).isSameAs(binned);
  }

  @Test
  void aMeanCurveEndsWithItsShortestRunAndHasItsBand() {
    List<Series> runs = List.of(series(0, 1, 10, 2, 20, 3), Series.EMPTY, series(0, 3, 10, 6));
    Curve errors = Curve.mean("a", new Style(0, 0), runs, Band.STANDARD_ERROR);
    Curve range = Curve.mean("a", new Style(0, 0), runs, Band.RANGE);

    assertThat(errors.runs()).isEqualTo(2);
    assertThat(errors.x()).containsExactly(0, 10);
    assertThat(errors.y()).containsExactly(2, 4);
    // standard deviations of 1, 3 and 2, 6 over the root of 2
    assertThat(errors.low()).containsExactly(new double[] {1, 2}, within(TINY));
    assertThat(errors.high()).containsExactly(new double[] {3, 6}, within(TINY));
    assertThat(range.low()).containsExactly(1, 2);
    assertThat(range.high()).containsExactly(3, 6);
    Curve single = Curve.mean("a", new Style(0, 0), runs.subList(0, 1), Band.STANDARD_ERROR);
    assertThat(single.low()).isEqualTo(single.high());
  }

  /** Sleep data of Student 1908, as in R: t.test(extra ~ group, paired). */
  @Test
  void thePairedTestIsStudents() {
    double[] differences = {1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4};
    PairedTest test = PairedTest.of(differences).orElseThrow();

    assertThat(test.n()).isEqualTo(10);
    assertThat(test.mean()).isEqualTo(1.58, within(1e-12));
    assertThat(test.interval().low()).isEqualTo(0.7001142, within(1e-6));
    assertThat(test.interval().high()).isEqualTo(2.4598858, within(1e-6));
    assertThat(test.interval().p()).isEqualTo(0.00283289, within(1e-7));
    assertThat(PairedTest.of(new double[] {1})).isEmpty();
    assertThat(PairedTest.of(new double[] {1, 1})).isEmpty();
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
    WithinSlope slope = WithinSlope.of(groups).orElseThrow();

    assertThat(slope.n()).isEqualTo(9);
    assertThat(slope.slope()).isEqualTo(regression.estimateRegressionParameters()[0], within(TINY));
    // qt(0.975, 5)
    assertThat(slope.interval().high() - slope.slope())
        .isEqualTo(2.570581836 * error, within(1e-8));
    assertThat(slope.interval().p()).isBetween(0.0, 0.001);
    assertThat(WithinSlope.of(groups.subList(2, 3))).isEmpty();
    assertThat(WithinSlope.of(List.of())).isEmpty();
  }

  private static double[] point(double x, double y) {
    return new double[] {x, y};
  }

  /** As in R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm"). */
  @Test
  void holmsAdjustmentPassesOverWhatWasNotTested() {
    assertThat(Holm.adjusted(new double[] {0.01, Double.NaN, 0.04, 0.03, 0.005}))
        .containsExactly(new double[] {0.03, Double.NaN, 0.06, 0.06, 0.02}, within(TINY));
    assertThat(Holm.adjusted(new double[] {0.9, 0.8})).containsExactly(1, 1);
  }
}
