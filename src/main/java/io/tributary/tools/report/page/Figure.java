package io.tributary.tools.report.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A figure: panels with axes, and one legend for all of them.
 *
 * @param id names its files, such as {@code figure-3}
 * @param title its title
 * @param caption what it shows, and of how many runs
 * @param columns panels side by side
 * @param panels row by row
 */
public record Figure(String id, String title, String caption, int columns, List<Panel> panels) {
  public Figure {
    panels = List.copyOf(panels);
  }

  /**
   * A pair of axes.
   *
   * @param title above it
   * @param xLabel quantity and unit of the horizontal axis
   * @param yLabel quantity and unit of the vertical axis
   * @param logarithmic whether the vertical axis is logarithmic, if all values are positive
   * @param curves what it shows
   * @param targets values aimed at, drawn as dotted lines
   */
  public record Panel(
      String title,
      String xLabel,
      String yLabel,
      boolean logarithmic,
      List<Curve> curves,
      List<Double> targets) {
    public Panel {
      curves = curves.stream().filter(curve -> !curve.isEmpty()).toList();
      targets = List.copyOf(targets);
    }
  }

  /** Whether nothing has been measured yet. */
  public boolean isEmpty() {
    return panels.stream().allMatch(panel -> panel.curves().isEmpty());
  }

  /** Labels and looks of the curves, each once. */
  public Map<String, Curve.Style> legend() {
    Map<String, Curve.Style> legend = new LinkedHashMap<>();
    panels.forEach(
        panel -> panel.curves().forEach(curve -> legend.put(curve.label(), curve.style())));
    return legend;
  }

  /** All points as a table. */
  public Table data() {
    List<List<String>> rows = new ArrayList<>();
    for (Panel panel : panels) {
      for (Curve curve : panel.curves()) {
        for (int i = 0; i < curve.x().length; i++) {
          rows.add(
              List.of(
                  panel.title(),
                  curve.label(),
                  Table.exact(curve.x()[i]),
                  Table.exact(curve.y()[i]),
                  Table.exact(curve.low()[i]),
                  Table.exact(curve.high()[i]),
                  Integer.toString(curve.runs())));
        }
      }
    }
    String x = panels.isEmpty() ? "x" : panels.get(0).xLabel();
    return new Table(
        id, title, caption, List.of("panel", "curve", x, "mean", "low", "high", "runs"), rows);
  }
}
