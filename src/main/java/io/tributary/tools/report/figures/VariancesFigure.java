package io.tributary.tools.report.figures;

import io.tributary.tools.report.data.GridData;
import io.tributary.tools.report.data.Quantity;
import io.tributary.tools.report.page.Curve;
import io.tributary.tools.report.page.Curve.Band;
import io.tributary.tools.report.page.Figure;
import io.tributary.tools.report.page.Figure.Panel;
import java.util.ArrayList;
import java.util.List;

/** Figure 5: variances over seeds. */
final class VariancesFigure {
  /** Few, since values vary by orders of magnitude from batch to batch. */
  private static final int BINS = 16;

  private static final List<Quantity> QUANTITIES =
      List.of(
          Quantity.GRADIENT_VARIANCE,
          Quantity.ADVANTAGE_VARIANCE,
          Quantity.ADVANTAGE_SIZE,
          Quantity.TOTAL_VARIATION);

  private VariancesFigure() {}

  static Figure of(GridData grid) {
    GridData runs = grid.ofFigure(5);
    List<Panel> panels = new ArrayList<>();
    for (Quantity quantity : QUANTITIES) {
      Plotted plotted =
          new Plotted(quantity.title(), quantity.unit(), run -> run.get(quantity).binned(BINS));
      for (String task : runs.tasks()) {
        List<Curve> curves = new ArrayList<>();
        for (String method : runs.methods()) {
          curves.add(
              plotted.curve(
                  method,
                  Plotted.style(grid, method),
                  runs.ofTask(task).ofMethod(method),
                  Band.RANGE));
        }
        panels.add(
            new Panel(
                plotted.titleFor(task, runs),
                Plotted.SEQUENCES,
                plotted.unit(),
                quantity != Quantity.TOTAL_VARIATION,
                curves,
                List.of()));
      }
    }
    return new Figure(
        "figure-5",
        "Figure 5. Variances of gradient and advantage",
        "Estimates from training batches, each point a mean over neighbouring steps, of Var(G) over those at which it is measured; a vertical axis is logarithmic where its values are all above 0 and span a decade. Var(G), Var(A), TVD: better lower. mean |A| is 2 Z TVD(p, π) for gdc++ (Eq. 21), and Z for gdc whatever its policy, so that the two are not to be compared. An estimate of TVD from a batch may be above 1 where few of its sequences have a weight. Bands: from the lowest to the highest seed. %s"
            .formatted(Plotted.runs(runs)),
        runs.tasks().size() == 1 ? 2 : Math.min(3, Math.max(1, runs.tasks().size())),
        panels);
  }
}
