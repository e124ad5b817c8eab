package io.tributary.tools.report;

import static io.tributary.config.objective.ObjectiveType.GDC_WITH_BASELINE;

import io.tributary.tools.report.page.Series;
import io.tributary.tools.report.page.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The effect of the baseline on the same batches: the mean square of w = P/q, which would be the
 * advantage of gdc, over that of the advantage A = w - Z pi/q. The variance of the gradient, Eq.
 * (17) of Korbak et al. 2022, arXiv:2206.00761, is a mean of A^2 |grad log pi|^2 minus a square
 * that both methods have in common, so that the baseline reduces it by about this factor if A and
 * the norm are unrelated. No runs are compared, so that differences between runs add no noise.
 */
final class BaselineEffect {
  private static final int QUARTERS = 4;

  private BaselineEffect() {}

  /** Runs of gdc++, by quarters. */
  static Table table(GridData grid) {
    List<List<String>> rows = new ArrayList<>();
    for (RunData run : grid.where(run -> run.cell().isOf(GDC_WITH_BASELINE)).byTask()) {
      Series saved = saved(run);
      if (run.isFinished() && !saved.isEmpty()) {
        List<Object> row =
            new ArrayList<>(List.of(run.cell().task(), run.cell().batchSize(), run.cell().seed()));
        Arrays.stream(saved.binned(QUARTERS).y()).map(Math::exp).forEach(row::add);
        row.add(
            100
                * Arrays.stream(saved.y()).filter(log -> log > 0).count()
                / (double) saved.y().length);
        rows.add(Table.row(row.toArray()));
      }
    }
    return new Table(
        "baseline-effect",
        "What the baseline does on the same batches",
        "E[w²]/E[A²] of the batches of gdc++, with w = P/q, which is gdc's advantage, and A = w − Z"
            + " π/q: the factor by which the baseline lowers the mean square of the advantage, to"
            + " which the variance of the gradient is about proportional. Geometric means over the"
            + " steps of each quarter of a run; steps in which no sequence has a weight are left"
            + " out. It is 1/(1 − effective sample size) where q is π, and so near 1 where few"
            + " sequences have a weight.",
        List.of("task", "batch", "seed", "1st quarter", "2nd", "3rd", "4th", "% of steps above 1"),
        rows);
  }

  /** ln( E[w^2] / E[A^2] ) by step. */
  private static Series saved(RunData run) {
    Series variance = run.get(Quantity.ADVANTAGE_VARIANCE);
    Series mean = run.get(Quantity.ADVANTAGE);
    Series baseline = run.get(Quantity.BASELINE);
    Series size = run.get(Quantity.EFFECTIVE_SAMPLE_SIZE);
    double n = run.cell().batchSize();
    return size.where(at -> size.at(at) > 0 && variance.at(at) > 0)
        .map(
            (at, ratio) -> {
              double reward = mean.at(at) + baseline.at(at); // mean w
              double square = variance.at(at) * (n - 1) / n + mean.at(at) * mean.at(at);
              return Math.log(reward * reward / ratio / square);
            });
  }
}
