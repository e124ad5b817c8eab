package io.tributary.tools.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.tools.report.page.Curve.Band;
import io.tributary.tools.report.page.Curve.Style;
import java.util.List;
import org.junit.jupiter.api.Test;

class CurveTest {
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
}
