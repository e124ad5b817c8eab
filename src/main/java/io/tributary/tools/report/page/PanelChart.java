package io.tributary.tools.report.page;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.Locale;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** One panel of a figure: axes with curves, bands and targets. */
final class PanelChart {
  static final int WIDTH = 420;
  static final int HEIGHT = 290;
  private static final int TITLE_LENGTH = 44;
  private static final int MARKERS_PER_LINE = 7;
  private static final int BAND_OPACITY = 46;
  private static final double UNEVEN = 0.3819;

  private PanelChart() {}

  static void paint(Figure.Panel panel, Graphics2D graphics) {
    if (panel.curves().isEmpty()) {
      graphics.setColor(Theme.INK);
      centred(graphics, Theme.TITLE_FONT, title(panel), 24);
      centred(graphics, Theme.FONT, "no data", HEIGHT / 2);
      return;
    }
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title(panel))
            .xAxisTitle(panel.xLabel())
            .yAxisTitle(panel.yLabel())
            .build();
    DoubleSummaryStatistics values =
        panel.curves().stream()
            .flatMapToDouble(curve -> Arrays.stream(curve.y()))
            .summaryStatistics();
    boolean spansADecade = values.getMin() > 0 && values.getMax() > 10 * values.getMin();
    boolean logarithmic = panel.logarithmic() && spansADecade;
    style(chart.getStyler(), logarithmic);
    for (int i = 0; i < panel.curves().size(); i++) {
      double least = logarithmic ? values.getMin() : Double.NEGATIVE_INFINITY;
      band(chart, "band " + i, panel.curves().get(i), least);
    }
    for (double value : panel.targets()) {
      target(chart, value, panel);
    }
    for (int i = 0; i < panel.curves().size(); i++) {
      line(chart, i, panel.curves().get(i));
    }
    roundTicks(chart, panel.curves().get(0));
    chart.paint(graphics, WIDTH, HEIGHT);
  }

  private static void centred(Graphics2D graphics, Font font, String text, int y) {
    TextLayout layout = new TextLayout(text, font, new FontRenderContext(null, true, true));
    graphics.setFont(font);
    graphics.drawString(text, (int) (WIDTH - layout.getAdvance()) / 2, y);
  }

  /** The title, shortened to fit. */
  private static String title(Figure.Panel panel) {
    String title = panel.title();
    return title.length() <= TITLE_LENGTH ? title : title.substring(0, TITLE_LENGTH - 1) + "…";
  }

  private static void style(XYStyler styler, boolean logarithmic) {
    styler.setLegendVisible(false);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setChartFontColor(Theme.INK);
    styler.setChartTitleFont(Theme.TITLE_FONT);
    styler.setAxisTitleFont(Theme.FONT);
    styler.setAxisTickLabelsFont(Theme.FONT);
    styler.setAxisTickLabelsColor(Theme.INK);
    styler.setPlotGridLinesColor(Theme.GRID);
    styler.setPlotGridLinesStroke(new BasicStroke(1));
    styler.setXAxisTickMarkSpacingHint(90);
    styler.setYAxisTickMarkSpacingHint(45);
    styler.setxAxisTickLabelsFormattingFunction(PanelChart::tick);
    styler.setyAxisTickLabelsFormattingFunction(PanelChart::tick);
    styler.setYAxisLogarithmic(logarithmic);
    styler.setMarkerSize(6);
    styler.setLocale(Locale.ROOT);
  }

  private static void band(XYChart chart, String name, Curve curve, double least) {
    int n = curve.x().length;
    boolean none = IntStream.range(0, n).allMatch(i -> curve.high()[i] <= curve.low()[i]);
    if (n < 2 || none) {
      return;
    }
    double[] x = new double[2 * n];
    double[] y = new double[2 * n];
    for (int i = 0; i < n; i++) {
      x[i] = curve.x()[i];
      y[i] = Math.max(least, curve.high()[i]);
      x[2 * n - 1 - i] = curve.x()[i];
      y[2 * n - 1 - i] = Math.max(least, curve.low()[i]);
    }
    Color colour = Theme.colour(curve.style());
    XYSeries series = chart.addSeries(name, x, y);
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
    series.setFillColor(
        new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), BAND_OPACITY));
    series.setLineColor(new Color(0, 0, 0, 0));
    series.setMarker(SeriesMarkers.NONE);
  }

  private static void target(XYChart chart, double value, Figure.Panel panel) {
    DoubleSummaryStatistics x =
        panel.curves().stream()
            .flatMapToDouble(curve -> Arrays.stream(curve.x()))
            .summaryStatistics();
    XYSeries series =
        chart.addSeries(
            "target " + value, new double[] {x.getMin(), x.getMax()}, new double[] {value, value});
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(Color.GRAY);
    series.setLineStyle(
        new BasicStroke(
            1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {1, 3}, 0));
  }

  private static void line(XYChart chart, int index, Curve curve) {
    XYSeries line = chart.addSeries("line " + index, curve.x(), curve.y());
    line.setMarker(SeriesMarkers.NONE);
    line.setLineColor(Theme.colour(curve.style()));
    line.setLineStyle(Theme.stroke(curve.style()));
    // some points alone have markers, at other positions than those of other lines
    int n = curve.x().length;
    int every = Math.max(1, n / MARKERS_PER_LINE);
    int first = n < MARKERS_PER_LINE ? 0 : index * every / 4 % every;
    int[] marked = IntStream.range(0, n).filter(i -> i % every == first).toArray();
    XYSeries markers =
        chart.addSeries(
            "markers " + index,
            Arrays.stream(marked).mapToDouble(i -> curve.x()[i]).toArray(),
            Arrays.stream(marked).mapToDouble(i -> curve.y()[i]).toArray());
    markers.setLineStyle(SeriesLines.NONE);
    markers.setMarker(Theme.marker(curve.style()));
    markers.setMarkerColor(Theme.colour(curve.style()));
  }

  /**
   * Makes the library choose round numbers for tick labels, by adding an invisible point: if all x
   * are equally spaced, it labels some of them, however odd.
   */
  private static void roundTicks(XYChart chart, Curve curve) {
    double first = curve.x()[0];
    double last = curve.x()[curve.x().length - 1];
    double between = first + (last - first) * UNEVEN;
    XYSeries series =
        chart.addSeries("uneven", new double[] {between}, new double[] {curve.y()[0]});
    series.setLineStyle(SeriesLines.NONE);
    series.setMarker(SeriesMarkers.NONE);
  }

  /** 1500000 as 1.5M, 20000 as 20k; small numbers in few digits. */
  private static String tick(double value) {
    double size = Math.abs(value);
    if (size >= 1e6) {
      return shortest(value / 1e6) + "M";
    } else if (size >= 1e4) {
      return shortest(value / 1e3) + "k";
    } else if (size > 0 && size < 1e-3) {
      return String.format(Locale.ROOT, "%.0e", value).replace("e-0", "e-");
    }
    return shortest(value);
  }

  private static String shortest(double value) {
    return new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }
}
