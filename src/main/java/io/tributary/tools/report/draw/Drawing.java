package io.tributary.tools.report.draw;

import de.erichseifert.vectorgraphics2d.Document;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.intermediate.CommandSequence;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Stroke;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws figures. Colours are those of Okabe and Ito, which people with any colour vision can tell
 * apart; dashes and markers tell lines apart in print without colours.
 */
public final class Drawing {
  private static final Logger LOG = LoggerFactory.getLogger(Drawing.class);
  private static final Color[] COLOURS = {
    new Color(0, 114, 178), // blue
    new Color(213, 94, 0), // vermilion
    new Color(0, 158, 115), // bluish green
    new Color(204, 121, 167), // reddish purple
    new Color(230, 159, 0), // orange
    new Color(86, 180, 233), // sky blue
    new Color(0, 0, 0)
  };
  private static final float[][] DASHES = {{1, 0}, {7, 4}, {2, 3}, {8, 3, 2, 3}, {12, 4}, {4, 2}};
  private static final Marker[] MARKERS = {
    SeriesMarkers.CIRCLE,
    SeriesMarkers.SQUARE,
    SeriesMarkers.TRIANGLE_UP,
    SeriesMarkers.DIAMOND,
    SeriesMarkers.TRIANGLE_DOWN,
    SeriesMarkers.CROSS,
    SeriesMarkers.OVAL
  };
  private static final int PANEL_WIDTH = 420;
  private static final int PANEL_HEIGHT = 290;
  private static final int TITLE_LENGTH = 44;
  private static final int LEGEND_HEIGHT = 26;
  private static final int LEGEND_SAMPLE = 44;
  private static final int ENTRY_GAP = 20;
  private static final int CHARACTER_WIDTH = 8;
  private static final int MARKERS_PER_LINE = 7;
  private static final int PIXELS_PER_POINT = 2;
  private static final int BAND_OPACITY = 46;
  private static final double UNEVEN = 0.3819;
  private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
  private static final Font TITLE_FONT = new Font(Font.SANS_SERIF, Font.BOLD, 14);
  private static final Color INK = new Color(40, 40, 40);
  private static final Color GRID = new Color(228, 228, 228);
  private static final Pattern DECIMALS = Pattern.compile("(\\d+\\.\\d\\d)\\d+");

  private final Figure figure;
  private final int width;
  private final int legendRows;
  private final int height;

  public Drawing(Figure figure) {
    this.figure = figure;
    int columns = Math.min(figure.columns(), Math.max(1, figure.panels().size()));
    this.width = columns * PANEL_WIDTH;
    int rows = (figure.panels().size() + columns - 1) / columns;
    this.legendRows = legendRows();
    this.height = rows * PANEL_HEIGHT + legendRows * LEGEND_HEIGHT + LEGEND_HEIGHT / 2;
  }

  /**
   * Whether this Java has a font. It brings none of its own, and fails in several ways on a machine
   * without.
   */
  public static boolean isPossible() {
    try {
      return new TextLayout("0", FONT, new FontRenderContext(null, true, true)).getAdvance() > 0;
    } catch (RuntimeException | LinkageError | InternalError e) {
      LOG.warn("figures can't be drawn", e);
      return false;
    }
  }

  /** As a document of its own. */
  public String svg() {
    VectorGraphics2D graphics = new VectorGraphics2D();
    draw(graphics);
    CommandSequence commands = graphics.getCommands();
    Document document = new SVGProcessor().getDocument(commands, new PageSize(0, 0, width, height));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      document.writeTo(bytes);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory has failed", e);
    }
    String text = bytes.toString(StandardCharsets.UTF_8);
    // hundredths of a pixel are enough, and names of clips must differ within a page
    return DECIMALS
        .matcher(text)
        .replaceAll("$1")
        .replace("\"clip", '"' + figure.id() + "-clip")
        .replace("url(#clip", "url(#" + figure.id() + "-clip");
  }

  /** As an image of twice the size, for screens of high resolution and slides. */
  public byte[] png() throws IOException {
    BufferedImage image =
        new BufferedImage(
            width * PIXELS_PER_POINT, height * PIXELS_PER_POINT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.scale(PIXELS_PER_POINT, PIXELS_PER_POINT);
    draw(graphics);
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  private void draw(Graphics2D graphics) {
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, height);
    int columns = width / PANEL_WIDTH;
    AffineTransform origin = graphics.getTransform();
    for (int i = 0; i < figure.panels().size(); i++) {
      graphics.translate(i % columns * PANEL_WIDTH, i / columns * PANEL_HEIGHT);
      panel(figure.panels().get(i), graphics);
      graphics.setTransform(origin);
    }
    legend(graphics);
  }

  private static void panel(Figure.Panel panel, Graphics2D graphics) {
    if (panel.curves().isEmpty()) {
      graphics.setColor(INK);
      centred(graphics, TITLE_FONT, title(panel), 24);
      centred(graphics, FONT, "no data", PANEL_HEIGHT / 2);
      return;
    }
    XYChart chart =
        new XYChartBuilder()
            .width(PANEL_WIDTH)
            .height(PANEL_HEIGHT)
            .title(title(panel))
            .xAxisTitle(panel.xLabel())
            .yAxisTitle(panel.yLabel())
            .build();
    boolean logarithmic = panel.logarithmic() && spansADecade(panel);
    style(chart.getStyler(), logarithmic);
    double least = leastPositive(panel);
    for (int i = 0; i < panel.curves().size(); i++) {
      band(
          chart,
          "band " + i,
          panel.curves().get(i),
          logarithmic ? least : Double.NEGATIVE_INFINITY);
    }
    for (int i = 0; i < panel.targets().size(); i++) {
      target(chart, "target " + i, panel.targets().get(i), panel);
    }
    for (int i = 0; i < panel.curves().size(); i++) {
      line(chart, i, panel.curves().get(i));
    }
    roundTicks(chart, panel.curves().get(0));
    chart.paint(graphics, PANEL_WIDTH, PANEL_HEIGHT);
  }

  private static void centred(Graphics2D graphics, Font font, String text, int y) {
    TextLayout layout = new TextLayout(text, font, new FontRenderContext(null, true, true));
    graphics.setFont(font);
    graphics.drawString(text, (int) (PANEL_WIDTH - layout.getAdvance()) / 2, y);
  }

  /** As much of it as fits. */
  private static String title(Figure.Panel panel) {
    String title = panel.title();
    return title.length() <= TITLE_LENGTH ? title : title.substring(0, TITLE_LENGTH - 1) + "…";
  }

  private static void style(XYStyler styler, boolean logarithmic) {
    styler.setLegendVisible(false);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setChartFontColor(INK);
    styler.setChartTitleFont(TITLE_FONT);
    styler.setAxisTitleFont(FONT);
    styler.setAxisTickLabelsFont(FONT);
    styler.setAxisTickLabelsColor(INK);
    styler.setPlotGridLinesColor(GRID);
    styler.setPlotGridLinesStroke(new BasicStroke(1));
    styler.setXAxisTickMarkSpacingHint(90);
    styler.setYAxisTickMarkSpacingHint(45);
    styler.setxAxisTickLabelsFormattingFunction(Drawing::tick);
    styler.setyAxisTickLabelsFormattingFunction(Drawing::tick);
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
    Color colour = colour(curve.style());
    XYSeries series = chart.addSeries(name, x, y);
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
    series.setFillColor(
        new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), BAND_OPACITY));
    series.setLineColor(new Color(0, 0, 0, 0));
    series.setMarker(SeriesMarkers.NONE);
  }

  private static void target(XYChart chart, String name, double value, Figure.Panel panel) {
    double from = panel.curves().stream().mapToDouble(curve -> curve.x()[0]).min().orElseThrow();
    double to =
        panel.curves().stream()
            .mapToDouble(curve -> curve.x()[curve.x().length - 1])
            .max()
            .orElseThrow();
    XYSeries series = chart.addSeries(name, new double[] {from, to}, new double[] {value, value});
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(Color.GRAY);
    series.setLineStyle(
        new BasicStroke(
            1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {1, 3}, 0));
  }

  private static void line(XYChart chart, int index, Curve curve) {
    XYSeries line = chart.addSeries("line " + index, curve.x(), curve.y());
    line.setMarker(SeriesMarkers.NONE);
    line.setLineColor(colour(curve.style()));
    line.setLineStyle(stroke(curve.style()));
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
    markers.setMarker(marker(curve.style()));
    markers.setMarkerColor(colour(curve.style()));
  }

  /**
   * Where all x have the same distance, the library labels some of them, however odd they are;
   * where one more lies between them, which is not to be seen, it chooses round numbers.
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

  private static boolean spansADecade(Figure.Panel panel) {
    double least =
        panel.curves().stream().flatMapToDouble(c -> Arrays.stream(c.y())).min().orElse(0);
    double most =
        panel.curves().stream().flatMapToDouble(c -> Arrays.stream(c.y())).max().orElse(0);
    return least > 0 && most > 10 * least;
  }

  private static double leastPositive(Figure.Panel panel) {
    return panel.curves().stream()
        .flatMapToDouble(curve -> Arrays.stream(curve.y()))
        .filter(value -> value > 0)
        .min()
        .orElse(1);
  }

  private int entryWidth() {
    int longest = figure.legend().keySet().stream().mapToInt(String::length).max().orElse(1);
    return LEGEND_SAMPLE + ENTRY_GAP + longest * CHARACTER_WIDTH;
  }

  private int legendRows() {
    int perRow = Math.max(1, width / entryWidth());
    return (figure.legend().size() + perRow - 1) / perRow;
  }

  private void legend(Graphics2D graphics) {
    List<Map.Entry<String, Curve.Style>> entries = List.copyOf(figure.legend().entrySet());
    if (entries.isEmpty()) {
      return;
    }
    int perRow = (entries.size() + legendRows - 1) / legendRows;
    int left = (width - perRow * entryWidth()) / 2 + ENTRY_GAP / 2;
    int top = height - legendRows * LEGEND_HEIGHT;
    Stroke plain = graphics.getStroke();
    graphics.setFont(FONT);
    for (int i = 0; i < entries.size(); i++) {
      Curve.Style style = entries.get(i).getValue();
      int x = left + i % perRow * entryWidth();
      int y = top + i / perRow * LEGEND_HEIGHT + 4;
      graphics.setColor(colour(style));
      graphics.setStroke(stroke(style));
      graphics.drawLine(x, y, x + LEGEND_SAMPLE, y);
      graphics.setStroke(plain);
      marker(style).paint(graphics, x + LEGEND_SAMPLE / 2.0, y, 7);
      graphics.setColor(INK);
      graphics.drawString(entries.get(i).getKey(), x + LEGEND_SAMPLE + 8, y + 5);
    }
  }

  private static Color colour(Curve.Style style) {
    return COLOURS[style.colour() % COLOURS.length];
  }

  private static Marker marker(Curve.Style style) {
    return MARKERS[style.colour() % MARKERS.length];
  }

  private static BasicStroke stroke(Curve.Style style) {
    float[] dash = DASHES[style.dash() % DASHES.length];
    return dash[1] == 0
        ? new BasicStroke(1.8f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND)
        : new BasicStroke(1.8f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dash, 0);
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
