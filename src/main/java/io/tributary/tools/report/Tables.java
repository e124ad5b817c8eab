package io.tributary.tools.report;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import io.tributary.tools.experiment.GridRecord.Origin;
import io.tributary.tools.report.page.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The tables of a report, but for those that explain its claims. */
final class Tables {
  private Tables() {}

  /** Table 4: the last evaluation of each run. */
  static Table lastValues(GridData grid) {
    List<List<String>> rows = new ArrayList<>();
    for (RunData run : grid.byTask()) {
      if (!run.moment().isEmpty() || !run.get(Quantity.KL_BASE).isEmpty()) {
        rows.add(
            Table.row(
                run.cell().task(),
                run.cell().method(),
                run.cell().batchSize(),
                run.cell().seed(),
                sequences(run),
                moments(run),
                withError(run, Quantity.KL_TARGET, Quantity.KL_TARGET_ERROR),
                withError(run, Quantity.KL_BASE, Quantity.KL_BASE_ERROR),
                run.get(Quantity.SELF_BLEU).last(),
                run.get(Quantity.DISTINCT).last(),
                run.get(Quantity.PERPLEXITY).last(),
                run.progress().last()));
      }
    }
    return new Table(
        "table-4",
        "Table 4. Last values of each run",
        "The last evaluation, on samples of the policy; an unfinished run states how far it got. ±"
            + " one standard error. The share of the way is 1 less |E[φ] − target| over that of the"
            + " base model, both means over features. KL(p‖π) is estimated on texts of the base model"
            + " that the target allows; in runs whose bootstrap found too few, and of versions"
            + " before 0.2, on samples of π: where π has lost most of what p has, as reinforce"
            + " does, it is much too low then, which its standard error does not show, or left out.",
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
    return run.moments().keySet().stream()
        .map(
            feature ->
                "%s %s%s"
                    .formatted(
                        feature,
                        Table.withError(run.moment(feature).last(), run.momentError(feature)),
                        run.cell().targets().stream()
                            .filter(asked -> asked.feature().equals(feature))
                            .map(asked -> " (target %s)".formatted(Table.number(asked.target())))
                            .findAny()
                            .orElse("")))
        .collect(joining(", "));
  }

  private static String withError(RunData run, Quantity value, Quantity error) {
    return Table.withError(run.get(value).last(), run.get(error).last());
  }

  /** At the last evaluation. */
  private static String sequences(RunData run) {
    double[] x = run.get(Quantity.KL_BASE).x();
    String reached = String.format(Locale.ROOT, "%,.0f", x.length == 0 ? 0 : x[x.length - 1]);
    return run.isFinished()
        ? reached
        : String.format(
            Locale.ROOT, "%s of %,d, %s", reached, run.cell().sequences(), run.state().words());
  }

  /** The runs that are not finished, and why. */
  static Table unfinished(GridData grid) {
    return new Table(
        "unfinished",
        "Runs that are missing",
        "The claims leave them out, and so do the figures where other runs of their kind are"
            + " finished.",
        List.of("run", "state", "reached"),
        grid.where(run -> !run.isFinished()).byTask().stream()
            .map(run -> List.of(run.cell().name(), run.state().words(), run.note()))
            .toList());
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
          .entrySet()
          .stream()
          .reduce(
              (first, other) -> other.getValue().size() > first.getValue().size() ? other : first)
          .ifPresent(alike -> tables.add(texts(task, alike.getKey(), alike.getValue())));
    }
    return tables;
  }

  private static Table texts(String task, Alike alike, List<RunData> shown) {
    List<String> header = new ArrayList<>(List.of("base model"));
    List<List<String>> columns = new ArrayList<>(List.of(shown.get(0).baseTexts()));
    for (RunData run : shown) {
      header.add(run.cell().method());
      columns.add(run.policyTexts());
    }
    int longest = columns.stream().mapToInt(List::size).max().orElse(0);
    return new Table(
        "texts-" + task,
        "Samples, " + task,
        "The first texts drawn at the end of the runs with batch size %d and seed %d, unselected."
            .formatted(alike.batchSize(), alike.seed()),
        header,
        IntStream.range(0, longest)
            .mapToObj(i -> columns.stream().map(column -> text(column, i)).toList())
            .toList());
  }

  private static String text(List<String> column, int i) {
    return i < column.size() ? column.get(i).strip().replaceAll("\\s+", " ") : "";
  }

  /** What the runs were made with, so that they can be made again: a column for each origin. */
  static Table origins(GridData grid) {
    List<String> header = new ArrayList<>(List.of("what", "runs were made with"));
    grid.origins().stream().skip(1).forEach(more -> header.add("and with"));
    return new Table(
        "origin",
        "What made it",
        "Times are in outcomes.jsonl of the grid.",
        header,
        List.of(
            origins(grid, "program and revision", Origin::program),
            origins(grid, "command", Origin::command),
            origins(grid, "seeds", origin -> grid.seeds()),
            origins(grid, "Java", Origin::java),
            origins(grid, "tensor engine", Origin::engine),
            origins(grid, "system", Origin::system)));
  }

  private static List<String> origins(GridData grid, String name, Function<Origin, String> value) {
    return Stream.concat(Stream.of(name), grid.origins().stream().map(value)).toList();
  }
}
