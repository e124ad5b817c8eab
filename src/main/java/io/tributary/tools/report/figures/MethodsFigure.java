package io.tributary.tools.report.figures;

import io.tributary.tools.report.data.GridData;
import io.tributary.tools.report.data.Quantity;
import io.tributary.tools.report.page.Curve;
import io.tributary.tools.report.page.Curve.Band;
import io.tributary.tools.report.page.Figure;
import io.tributary.tools.report.page.Figure.Panel;
import io.tributary.tools.report.page.Table;
import java.util.ArrayList;
import java.util.List;

/** Figures 3 and 6: the methods on pointwise and on distributional tasks. */
final class MethodsFigure {
  private MethodsFigure() {}

  static Figure pointwise(GridData grid) {
    GridData runs = grid.ofFigure(3);
    return new Figure(
        "figure-3",
        "Figure 3. Methods on pointwise tasks",
        "Evaluations on samples of the policy, averaged over %s. Better: KL(p‖π) lower, E[φ] higher, KL(π‖a) lower, Self-BLEU-5 lower, Distinct-1 higher. KL(p‖π) of a method that has lost most of what p has, as reinforce does, is estimated much too low, or left out. Bands: one standard error of the mean over runs. %s"
            .formatted(averaged(runs), Plotted.runs(runs)),
        3,
        panels(grid, runs, Plotted.MOMENT));
  }

  static Figure distributional(GridData grid) {
    GridData runs = grid.ofFigure(6);
    return new Figure(
        "figure-6",
        "Figure 6. Methods on distributional tasks",
        "Evaluations on samples of the policy, averaged over %s. |E[φ] − target| is a mean over a task's features. Better: all lower but Distinct-1. Bands: one standard error of the mean over runs. %s"
            .formatted(averaged(runs), Plotted.runs(runs)),
        3,
        panels(grid, runs, Plotted.DISTANCE));
  }

  private static List<Panel> panels(GridData grid, GridData all, Plotted satisfaction) {
    GridData runs = all.comparable().orElse(all);
    List<Panel> panels = new ArrayList<>();
    for (Plotted plotted :
        List.of(
            Plotted.of(Quantity.KL_TARGET),
            satisfaction,
            Plotted.of(Quantity.KL_BASE),
            Plotted.of(Quantity.SELF_BLEU),
            Plotted.of(Quantity.DISTINCT))) {
      List<Curve> curves = new ArrayList<>();
      for (String method : runs.methods()) {
        curves.add(
            plotted.curve(
                method, Plotted.style(grid, method), runs.ofMethod(method), Band.STANDARD_ERROR));
      }
      panels.add(plotted.panel(plotted.title(), curves));
    }
    return panels;
  }

  /** The tasks that means are taken over. */
  private static String averaged(GridData runs) {
    return runs.comparable()
        .map(shown -> averaged(runs, shown))
        .orElse("the tasks that each method has come to so far, which may differ");
  }

  private static String averaged(GridData runs, GridData shown) {
    int tasks = shown.tasks().size();
    String over =
        tasks == runs.tasks().size()
            ? Table.count(tasks, "task")
            : "the %s of %d that every method has finished"
                .formatted(Table.count(tasks, "task"), runs.tasks().size());
    List<String> missing = new ArrayList<>(runs.methods());
    missing.removeAll(shown.methods());
    return missing.isEmpty()
        ? over
        : "%s, without %s, where nothing is finished".formatted(over, String.join(", ", missing));
  }
}
