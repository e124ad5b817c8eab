package io.tributary.tools.report.figures;

import io.tributary.tools.experiment.CellRecord;
import io.tributary.tools.report.data.GridData;
import io.tributary.tools.report.data.Series;
import io.tributary.tools.report.page.Curve;
import io.tributary.tools.report.page.Curve.Band;
import io.tributary.tools.report.page.Curve.Style;
import io.tributary.tools.report.page.Figure;
import io.tributary.tools.report.page.Figure.Panel;
import java.util.ArrayList;
import java.util.List;

/** Figure 6, the moments themselves: colours distinguish features, dashes methods. */
final class MomentsFigure {
  private MomentsFigure() {}

  static Figure of(GridData grid) {
    GridData runs = grid.ofFigure(6);
    List<String> features =
        runs.runs().stream()
            .flatMap(run -> run.cell().targets().stream())
            .map(CellRecord.Moment::feature)
            .distinct()
            .toList();
    List<Panel> panels = new ArrayList<>();
    for (String task : runs.tasks()) {
      GridData ofTask = runs.ofTask(task);
      List<CellRecord.Moment> targets = ofTask.runs().get(0).cell().targets();
      List<Curve> curves = new ArrayList<>();
      for (String method : ofTask.methods()) {
        for (CellRecord.Moment target : targets) {
          String feature = target.feature();
          Plotted moment =
              new Plotted(task, "E[φ]", run -> run.moments().getOrDefault(feature, Series.EMPTY));
          curves.add(
              moment.curve(
                  "%s, %s".formatted(feature, method),
                  new Style(features.indexOf(feature), grid.methods().indexOf(method)),
                  ofTask.ofMethod(method),
                  Band.RANGE));
        }
      }
      panels.add(
          new Panel(
              task,
              Plotted.SEQUENCES,
              "E[φ]",
              false,
              curves,
              targets.stream().map(CellRecord.Moment::target).distinct().toList()));
    }
    return new Figure(
        "figure-6-moments",
        "Figure 6, moments. E[φ] against its target",
        "Of each feature of the distributional tasks; dotted: the targets. Bands: from the lowest to the highest seed. %s"
            .formatted(Plotted.runs(runs)),
        2,
        panels);
  }
}
