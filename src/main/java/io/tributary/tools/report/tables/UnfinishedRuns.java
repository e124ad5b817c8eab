package io.tributary.tools.report.tables;

import io.tributary.tools.report.data.GridData;
import io.tributary.tools.report.data.RunData;
import io.tributary.tools.report.data.RunData.State;
import io.tributary.tools.report.page.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The runs that are not finished, and why. */
public final class UnfinishedRuns {
  private UnfinishedRuns() {}

  public static Table of(GridData grid) {
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
        "They have no part in the claims, nor in figures as long as others of their kind are"
            + " finished.",
        List.of("run", "state", "reached"),
        rows);
  }
}
