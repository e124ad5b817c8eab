package io.tributary.tools.report.page;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * How lines and text look. The colours are those of Okabe and Ito, which people with any colour
 * vision can tell apart; dashes and markers distinguish lines in print without colours.
 */
final class Theme {
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
  static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
  static final Font TITLE_FONT = new Font(Font.SANS_SERIF, Font.BOLD, 14);
  static final Color INK = new Color(40, 40, 40);
  static final Color GRID = new Color(228, 228, 228);

  private Theme() {}

  static Color colour(Curve.Style style) {
    return COLOURS[style.colour() % COLOURS.length];
  }

  static Marker marker(Curve.Style style) {
    return MARKERS[style.colour() % MARKERS.length];
  }

  static BasicStroke stroke(Curve.Style style) {
    float[] dash = DASHES[style.dash() % DASHES.length];
    return dash[1] == 0
        ? new BasicStroke(1.8f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND)
        : new BasicStroke(1.8f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dash, 0);
  }
}
