package io.tributary.tools.report.tables;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.tributary.tools.report.data.GridData;
import io.tributary.tools.report.data.RunData;
import io.tributary.tools.report.page.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Texts of methods side by side. */
public final class SampleTexts {
  private SampleTexts() {}

  /** What runs have in common whose texts are shown side by side. */
  private record Alike(int batchSize, long seed) {}

  /**
   * Texts of methods side by side, a table for each task: those of the batch size and seed that
   * most methods have texts of, and of several such ones the first of the grid.
   */
  public static List<Table> of(GridData grid) {
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
          .ifPresent(alike -> tables.add(of(task, alike)));
    }
    return tables;
  }

  private static Table of(String task, List<RunData> shown) {
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
