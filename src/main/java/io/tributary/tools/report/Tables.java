package io.tributary.tools.report;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import io.tributary.tools.experiment.CellRecord;
import io.tributary.tools.experiment.Origin;
import io.tributary.tools.report.RunData.State;
import io.tributary.tools.report.draw.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/** The tables of a report. */
final class Tables {
  private Tables() {}

  /** Table 4: the last evaluation of each run. */
  static Table finalValues(GridData grid) {
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
        "The last evaluation, on samples of the policy; a run that is not finished says how far it was. ± one standard error. The share of the way is 1 less |E[φ] − target| over that of the base model, both means over features. KL(p‖π) is estimated on samples of π: where π has lost most of what p has, as reinforce does, it is much too low, which its standard error does not tell, or left out.",
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

  /** What the runs were made with, a column for each origin. */
  static Table origins(GridData grid) {
    List<String> header = new ArrayList<>(List.of("what"));
    for (int i = 0; i < grid.origins().size(); i++) {
      header.add(i == 0 ? "runs were made with" : "and with");
    }
    return new Table(
        "origin",
        "What made it",
        "Times are in outcomes.jsonl of the grid.",
        header,
        List.of(
            row(grid, "program and revision", Origin::program),
            row(grid, "command", Origin::command),
            row(grid, "seeds", origin -> seeds(grid)),
            row(grid, "Java", Origin::java),
            row(grid, "tensor engine", Origin::engine),
            row(grid, "system", Origin::system)));
  }

  private static List<String> row(GridData grid, String name, Function<Origin, String> value) {
    return Stream.concat(Stream.of(name), grid.origins().stream().map(value)).toList();
  }

  /** The seeds of all runs. */
  static String seeds(GridData grid) {
    return grid.runs().stream()
        .map(run -> run.cell().seed())
        .distinct()
        .sorted()
        .map(String::valueOf)
        .collect(joining(", "));
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

  /** The runs that are not finished, and why. */
  static Table unfinished(GridData grid) {
    List<List<String>> rows = new ArrayList<>();
    for (RunData run : grid.where(one -> !one.isFinished()).byTask()) {
      rows.add(
          List.of(
              run.cell().name(),
              run.state() == State.NOT_BEGUN
                  ? "not begun"
                  : run.state().name().toLowerCase(Locale.ROOT),
              run.note()));
    }
    return new Table(
        "unfinished",
        "Runs that are missing",
        "They have no part in the claims, nor in figures as long as others of their kind are finished.",
        List.of("run", "state", "reached"),
        rows);
  }

  static Table claims(List<Claim> claims) {
    List<List<String>> rows = new ArrayList<>();
    for (Claim claim : claims) {
      rows.add(
          List.of(
              claim.statement(),
              claim.verdict().toString(),
              Integer.toString(claim.n()),
              claim.estimate().isEmpty() ? "–" : claim.estimate(),
              p(claim, Claim::p),
              p(claim, Claim::adjusted),
              claim.note()));
    }
    return new Table(
        "claims",
        "What shows",
        "Finished runs are compared in pairs with the same task, batch size and seed. Pairs of one task are not independent, and so are averaged first: n counts tasks, and Student's t test is of the mean over tasks, if it is not said otherwise. In brackets: 95 % confidence intervals, as if the tasks were a sample of such tasks. A claim shows where p, two-sided and adjusted for the number of tests after Holm, is below 0.05, or as its note says.",
        List.of("claim", "verdict", "n", "estimate", "p", "p adjusted", "notes"),
        rows);
  }

  private static String p(Claim claim, Function<Claim, Double> value) {
    double p = value.apply(claim);
    return Double.isNaN(p) ? "–" : p < 1e-4 ? "< 0.0001" : String.format(Locale.ROOT, "%.4f", p);
  }

  /** What runs have in common whose texts are shown side by side. */
  private record Alike(int batchSize, long seed) {}

  /**
   * Texts of methods side by side, a table for each task: those of the batch size and seed that
   * most methods have texts of, and of several such ones the first of the grid.
   */
  static List<Table> texts(GridData grid) {
    List<Table> tables = new ArrayList<>();
    for (String task : grid.tasks()) {
      grid.ofTask(task).runs().stream()
          .filter(run -> !run.policyTexts().isEmpty())
          .collect(
              groupingBy(
                  run -> new Alike(run.cell().batchSize(), run.cell().seed()),
                  LinkedHashMap::new,
                  toList()))
          .values()
          .stream()
          .reduce((first, other) -> other.size() > first.size() ? other : first)
          .ifPresent(alike -> tables.add(texts(task, alike)));
    }
    return tables;
  }

  private static Table texts(String task, List<RunData> shown) {
    List<String> header = new ArrayList<>(List.of("base model"));
    List<List<String>> columns = new ArrayList<>(List.of(shown.get(0).baseTexts()));
    for (RunData run : shown) {
      header.add(run.cell().method());
      columns.add(run.policyTexts());
    }
    int longest = columns.stream().mapToInt(List::size).max().orElse(0);
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < longest; i++) {
      List<String> row = new ArrayList<>();
      for (List<String> column : columns) {
        row.add(i < column.size() ? column.get(i).strip().replaceAll("\\s+", " ") : "");
      }
      rows.add(row);
    }
    return new Table(
        "texts-" + task,
        "Samples, " + task,
        "The first texts that were drawn at the end of the runs with batch size %d and seed %d, as they came."
            .formatted(shown.get(0).cell().batchSize(), shown.get(0).cell().seed()),
        header,
        rows);
  }
}
