package io.tributary.tools.report.figures;

import io.tributary.tools.report.data.GridData;
import io.tributary.tools.report.data.Quantity;
import io.tributary.tools.report.data.RunData;
import io.tributary.tools.report.data.Series;
import io.tributary.tools.report.page.Curve;
import io.tributary.tools.report.page.Curve.Band;
import io.tributary.tools.report.page.Curve.Style;
import io.tributary.tools.report.page.Figure.Panel;
import java.util.List;
import java.util.function.Function;

/**
 * What a panel plots of each run.
 *
 * @param title of the panel
 * @param unit of the vertical axis
 * @param of its course in a run
 */
record Plotted(String title, String unit, Function<RunData, Series> of) {
  /** Label of horizontal axes. */
  static final String SEQUENCES = "sequences";

  /** E[phi] of pointwise tasks. */
  static final Plotted MOMENT = new Plotted("E[φ]", "mean over samples", RunData::moment);

  /** Distance of the moments of distributional tasks from their targets. */
  static final Plotted DISTANCE =
      new Plotted("|E[φ] − target|", "mean over features", RunData::distance);

  static Plotted of(Quantity quantity) {
    return new Plotted(quantity.title(), quantity.unit(), run -> run.get(quantity));
  }

  /** The mean over runs, finished ones if there are any. */
  Curve curve(String label, Style style, GridData runs, Band band) {
    return Curve.mean(label, style, runs.finishedOrAll().stream().map(of).toList(), band);
  }

  /** A panel with sequences as its horizontal axis. */
  Panel panel(String panelTitle, List<Curve> curves) {
    return new Panel(panelTitle, SEQUENCES, unit, false, curves, List.of());
  }

  /** The title of a panel of one task, which names it where there are several. */
  String titleFor(String task, GridData runs) {
    return runs.tasks().size() == 1 ? title : "%s, %s".formatted(title, task);
  }

  /** The look of a method, the same in all figures. */
  static Style style(GridData grid, String method) {
    int index = grid.methods().indexOf(method);
    return new Style(index, index);
  }

  /** How many runs a figure shows, as the end of its caption. */
  static String runs(GridData runs) {
    String task = runs.tasks().size() == 1 ? "Task: %s. ".formatted(runs.tasks().get(0)) : "";
    return "%s%d of %s finished."
        .formatted(
            task,
            runs.finished(),
            runs.runs().size() == 1 ? "1 run is" : runs.runs().size() + " runs are");
  }
}
