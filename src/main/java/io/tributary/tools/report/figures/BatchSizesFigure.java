package io.tributary.tools.report.figures;

import io.tributary.tools.report.data.GridData;
import io.tributary.tools.report.data.Quantity;
import io.tributary.tools.report.page.Curve;
import io.tributary.tools.report.page.Curve.Band;
import io.tributary.tools.report.page.Curve.Style;
import io.tributary.tools.report.page.Figure;
import io.tributary.tools.report.page.Figure.Panel;
import java.util.ArrayList;
import java.util.List;

/** Figure 4: colours distinguish batch sizes, dashes methods. */
final class BatchSizesFigure {
  private BatchSizesFigure() {}

  static Figure of(GridData grid) {
    GridData runs = grid.ofFigure(4);
    List<Panel> panels = new ArrayList<>();
    for (String task : runs.tasks()) {
      GridData ofTask = runs.ofTask(task);
      boolean pointwise = ofTask.runs().get(0).cell().isPointwise();
      for (Plotted plotted :
          List.of(pointwise ? Plotted.MOMENT : Plotted.DISTANCE, Plotted.of(Quantity.KL_TARGET))) {
        List<Curve> curves = new ArrayList<>();
        for (String method : ofTask.methods()) {
          for (int size : runs.batchSizes()) {
            curves.add(
                plotted.curve(
                    "%s, batch %,d".formatted(method, size),
                    new Style(runs.batchSizes().indexOf(size), grid.methods().indexOf(method)),
                    ofTask.ofMethod(method).ofBatchSize(size),
                    Band.RANGE));
          }
        }
        panels.add(plotted.panel(plotted.titleFor(task, runs), curves));
      }
    }
    return new Figure(
        "figure-4",
        "Figure 4. Batch sizes",
        "Evaluations on samples of the policy. Better: E[φ] higher, |E[φ] − target| and KL(p‖π)"
            + " lower. Bands: from the lowest to the highest seed. "
            + Plotted.runs(runs),
        2,
        panels);
  }
}
