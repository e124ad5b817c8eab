package io.tributary.tools.report.page;

import de.erichseifert.vectorgraphics2d.Document;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.intermediate.CommandSequence;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Stroke;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Draws a figure, with its panels in a grid and one legend below, as SVG or PNG. */
public final class Drawing {
  private static final Logger LOG = LoggerFactory.getLogger(Drawing.class);
  private static final int LEGEND_HEIGHT = 26;
  private static final int LEGEND_SAMPLE = 44;
  private static final int ENTRY_GAP = 20;
  private static final int CHARACTER_WIDTH = 8;
  private static final int PIXELS_PER_POINT = 2;
  private static final Pattern DECIMALS = Pattern.compile("(\\d+\\.\\d\\d)\\d+");

  private final Figure figure;
  private final int width;
  private final int legendRows;
  private final int height;

  public Drawing(Figure figure) {
    this.figure = figure;
    int columns = Math.min(figure.columns(), Math.max(1, figure.panels().size()));
    this.width = columns * PanelChart.WIDTH;
    int rows = (figure.panels().size() + columns - 1) / columns;
    this.legendRows = legendRows();
    this.height = rows * PanelChart.HEIGHT + legendRows * LEGEND_HEIGHT + LEGEND_HEIGHT / 2;
  }

  /**
   * Whether Java finds a font. It has none of its own, and fails in various ways on a machine
   * without fonts.
   */
  public static boolean isPossible() {
    try {
      return new TextLayout("0", Theme.FONT, new FontRenderContext(null, true, true)).getAdvance()
          > 0;
    } catch (RuntimeException | LinkageError | InternalError e) {
      LOG.warn("figures can't be drawn", e);
      return false;
    }
  }

  /** The figure as a stand-alone SVG document. */
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

  /** The figure as a PNG of twice the size, for slides and high-resolution screens. */
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
    int columns = width / PanelChart.WIDTH;
    AffineTransform origin = graphics.getTransform();
    for (int i = 0; i < figure.panels().size(); i++) {
      graphics.translate(i % columns * PanelChart.WIDTH, i / columns * PanelChart.HEIGHT);
      PanelChart.paint(figure.panels().get(i), graphics);
      graphics.setTransform(origin);
    }
    legend(graphics);
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
    graphics.setFont(Theme.FONT);
    for (int i = 0; i < entries.size(); i++) {
      Curve.Style style = entries.get(i).getValue();
      int x = left + i % perRow * entryWidth();
      int y = top + i / perRow * LEGEND_HEIGHT + 4;
      graphics.setColor(Theme.colour(style));
      graphics.setStroke(Theme.stroke(style));
      graphics.drawLine(x, y, x + LEGEND_SAMPLE, y);
      graphics.setStroke(plain);
      Theme.marker(style).paint(graphics, x + LEGEND_SAMPLE / 2.0, y, 7);
      graphics.setColor(Theme.INK);
      graphics.drawString(entries.get(i).getKey(), x + LEGEND_SAMPLE + 8, y + 5);
    }
  }
}
