package io.tributary.tools.report.figures;

import io.tributary.config.objective.ObjectiveType;
import io.tributary.tools.report.data.GridData;
import io.tributary.tools.report.data.Quantity;
import io.tributary.tools.report.data.RunData;
import io.tributary.tools.report.data.Series;
import io.tributary.tools.report.page.Curve;
import io.tributary.tools.report.page.Curve.Band;
import io.tributary.tools.report.page.Curve.Style;
import io.tributary.tools.report.page.Figure;
import io.tributary.tools.report.page.Figure.Panel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Figure 2: reward P/q, advantage and baseline over the first steps with the baseline. */
final class AdvantageFigure {
  private static final int EARLY_STEPS = 1000;
  private static final int BINS = 60;

  private AdvantageFigure() {}

  static Figure of(GridData grid) {
    GridData shown =
        grid.ofFigure(2).where(run -> run.cell().isOf(ObjectiveType.GDC_WITH_BASELINE));
    GridData runs = shown.runs().isEmpty() ? grid.ofFigure(2) : shown;
    List<Panel> panels = new ArrayList<>();
    for (String task : runs.tasks()) {
      List<RunData> ofTask = runs.ofTask(task).finishedOrAll();
      panels.add(
          new Panel(
              task,
              "learner steps",
              "mean over a batch, unit of P/q",
              false,
              List.of(
                  early("reward P/q", new Style(0, 0), ofTask, AdvantageFigure::reward),
                  early("advantage", new Style(1, 1), ofTask, run -> run.get(Quantity.ADVANTAGE)),
                  early(
                      "baseline Z π/q",
                      new Style(2, 3),
                      ofTask,
                      run -> run.get(Quantity.BASELINE))),
              List.of()));
    }
    return new Figure(
        "figure-2",
        "Figure 2. Reward, advantage and baseline",
        "Means over a batch of the reward P/q, the baseline Z π/q and their difference, the advantage, over at most the first %,d steps, each point a mean over neighbouring steps. Bands: from the lowest to the highest seed. %s"
            .formatted(EARLY_STEPS, Plotted.runs(runs)),
        2,
        panels);
  }

  private static Curve early(
      String label, Style style, List<RunData> runs, Function<RunData, Series> quantity) {
    return Curve.mean(
        label,
        style,
        runs.stream()
            .map(run -> first(quantity.apply(run).scaled(run.cell().batchSize())).binned(BINS))
            .toList(),
        Band.RANGE);
  }

  private static Series first(Series series) {
    int n = 0;
    while (n < series.x().length && series.x()[n] <= EARLY_STEPS) {
      n++;
    }
    return new Series(Arrays.copyOf(series.x(), n), Arrays.copyOf(series.y(), n));
  }

  /** P/q is the sum of the advantage and the baseline. */
  private static Series reward(RunData run) {
    Series advantage = run.get(Quantity.ADVANTAGE);
    Series baseline = run.get(Quantity.BASELINE);
    double[] sum = new double[advantage.y().length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = advantage.y()[i] + baseline.at(advantage.x()[i]);
    }
    return new Series(advantage.x(), sum);
  }
}
