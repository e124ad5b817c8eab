package io.tributary.tools.report.tables;

import static java.util.stream.Collectors.joining;

import io.tributary.tools.experiment.CellRecord;
import io.tributary.tools.report.data.GridData;
import io.tributary.tools.report.data.Quantity;
import io.tributary.tools.report.data.RunData;
import io.tributary.tools.report.data.Series;
import io.tributary.tools.report.page.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Table 4: the last evaluation of each run. */
public final class LastValues {
  private LastValues() {}

  public static Table of(GridData grid) {
    List<List<String>> rows = new ArrayList<>();
    for (RunData run : grid.byTask()) {
      CellRecord cell = run.cell();
      if (!run.moment().isEmpty() || !run.get(Quantity.KL_BASE).isEmpty()) {
        List<String> row = new ArrayList<>(identity(run));
        row.add(moments(run));
        row.add(number(run, Quantity.KL_TARGET, Quantity.KL_TARGET_ERROR));
        row.add(number(run, Quantity.KL_BASE, Quantity.KL_BASE_ERROR));
        row.add(Table.number(run.get(Quantity.SELF_BLEU).last()));
        row.add(Table.number(run.get(Quantity.DISTINCT).last()));
        row.add(Table.number(run.get(Quantity.PERPLEXITY).last()));
        row.add(cell.targets().isEmpty() ? "–" : Table.number(run.progress().last()));
        rows.add(row);
      }
    }
    return new Table(
        "table-4",
        "Table 4. Last values of each run",
        "The last evaluation, on samples of the policy; a run that is not finished says how far it"
            + " was. ± one standard error. The share of the way is 1 less |E[φ] − target| over that"
            + " of the base model, both means over features. KL(p‖π) is estimated on samples of π:"
            + " where π has lost most of what p has, as reinforce does, it is much too low, which"
            + " its standard error does not tell, or left out.",
        List.of(
            "task",
            "method",
            "batch",
            "seed",
            "sequences",
            "E[φ]",
            "KL(p‖π), nats",
            "KL(π‖a), nats",
            "Self-BLEU-5",
            "Distinct-1",
            "perplexity under a",
            "share of the way"),
        rows);
  }

  /** E[phi] of each feature, with its target if it has one. */
  private static String moments(RunData run) {
    return run.moments().entrySet().stream()
        .map(
            moment -> {
              String feature = moment.getKey();
              Series errors = run.momentErrors().getOrDefault(feature, Series.EMPTY);
              String target =
                  run.cell().targets().stream()
                      .filter(asked -> asked.feature().equals(feature))
                      .map(asked -> " (target %s)".formatted(Table.number(asked.target())))
                      .findAny()
                      .orElse("");
              return "%s %s%s"
                  .formatted(feature, withError(moment.getValue().last(), errors.last()), target);
            })
        .collect(joining(", "));
  }

  private static String number(RunData run, Quantity value, Quantity error) {
    return withError(run.get(value).last(), run.get(error).last());
  }

  private static String withError(double value, double error) {
    return Double.isFinite(error)
        ? "%s ± %s".formatted(Table.number(value), Table.number(error))
        : Table.number(value);
  }

  private static List<String> identity(RunData run) {
    CellRecord cell = run.cell();
    return List.of(
        cell.task(),
        cell.method(),
        Integer.toString(cell.batchSize()),
        Long.toString(cell.seed()),
        sequences(run));
  }

  /** At the last evaluation. */
  private static String sequences(RunData run) {
    double[] x = run.get(Quantity.KL_BASE).x();
    String reached = String.format(Locale.ROOT, "%,.0f", x.length == 0 ? 0 : x[x.length - 1]);
    return run.isFinished()
        ? reached
        : String.format(
            Locale.ROOT,
            "%s of %,d, %s",
            reached,
            run.cell().sequences(),
            run.state().name().toLowerCase(Locale.ROOT));
  }
}
