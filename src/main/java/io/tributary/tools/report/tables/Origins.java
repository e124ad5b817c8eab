package io.tributary.tools.report.tables;

import io.tributary.tools.experiment.Origin;
import io.tributary.tools.report.data.GridData;
import io.tributary.tools.report.page.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** What the runs were made with, so that they can be made again. */
public final class Origins {
  private Origins() {}

  /** A column for each origin. */
  public static Table of(GridData grid) {
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
            row(grid, "seeds", origin -> grid.seeds()),
            row(grid, "Java", Origin::java),
            row(grid, "tensor engine", Origin::engine),
            row(grid, "system", Origin::system)));
  }

  private static List<String> row(GridData grid, String name, Function<Origin, String> value) {
    return Stream.concat(Stream.of(name), grid.origins().stream().map(value)).toList();
  }
}
