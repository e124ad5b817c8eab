package io.tributary.tools.report.page;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.hipparchus.stat.StatUtils;

/**
 * A line of a panel with a band around it.
 *
 * @param label in the legend; lines of the same label look the same
 * @param style its look
 * @param x positions
 * @param y means
 * @param low lower edge of the band
 * @param high upper edge of the band
 * @param runs number of runs that were averaged
 */
public record Curve(
    String label, Style style, double[] x, double[] y, double[] low, double[] high, int runs) {

  /**
   * The look of a line, which distinguishes it even without colours.
   *
   * @param colour index of the colour
   * @param dash index of the dash pattern
   */
  public record Style(int colour, int dash) {}

  /** What a band shows. */
  public enum Band {
    /** One standard error of the mean over runs, up and down. */
    STANDARD_ERROR,
    /** From the lowest to the highest run. */
    RANGE
  }

  /**
   * The mean over runs where all of them have values, at the points of the first; runs are
   * interpolated linearly between their own points.
   */
  public static Curve mean(String label, Style style, List<Series> all, Band band) {
    List<Series> series = all.stream().filter(one -> !one.isEmpty()).toList();
    if (series.isEmpty()) {
      double[] none = new double[0];
      return new Curve(label, style, none, none, none, none, 0);
    }
    double[] x =
        Arrays.stream(series.get(0).x())
            .filter(at -> series.stream().noneMatch(one -> Double.isNaN(one.at(at))))
            .toArray();
    double[][] values =
        Arrays.stream(x)
            .mapToObj(at -> series.stream().mapToDouble(one -> one.at(at)).toArray())
            .toArray(double[][]::new);
    return new Curve(
        label,
        style,
        x,
        map(values, Curve::mean),
        map(values, v -> mean(v) - (band == Band.RANGE ? mean(v) - StatUtils.min(v) : error(v))),
        map(values, v -> mean(v) + (band == Band.RANGE ? StatUtils.max(v) - mean(v) : error(v))),
        series.size());
  }

  private static double[] map(double[][] values, ToDoubleFunction<double[]> function) {
    return Arrays.stream(values).mapToDouble(function).toArray();
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  /** The standard error of the mean; 0 for a single value, which has no band. */
  private static double error(double[] values) {
    int n = values.length;
    double mean = mean(values);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return n < 2 ? 0 : Math.sqrt(squares / (n - 1) / n);
  }

  boolean isEmpty() {
    return x.length == 0;
  }
}
