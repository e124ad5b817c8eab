package io.tributary.tools.experiment;

import io.tributary.config.experiment.Experiment;
import io.tributary.io.TerminalOutput;
import io.tributary.tools.experiment.Outcomes.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Shows how a grid gets on: a line for each cell that starts or ends, and the running cells in a
 * row that is updated in place on a terminal, or in a line every minute.
 */
final class GridConsole {
  /** Reading the progress of all cells takes a while. */
  private static final Duration SHOW_INTERVAL = Duration.ofSeconds(1);

  private static final Duration LINE_INTERVAL = Duration.ofMinutes(1);

  private final Experiment experiment;
  private final TerminalOutput out;
  private long shownNanos = System.nanoTime();
  private long lineNanos = System.nanoTime();

  GridConsole(Experiment experiment, TerminalOutput out) {
    this.experiment = experiment;
    this.out = out;
  }

  void opened(Path home, int finished, int begun, int left) {
    out.line(
        "grid %s: %d cells, %d finished, %d to resume, %d to start; files in %s"
            .formatted(experiment.name(), experiment.cells().size(), finished, begun, left, home));
  }

  void waitsFor(Experiment.Cell cell) {
    out.line("waiting for a process left over from " + cell.name());
  }

  void stopping() {
    out.line("running cells save their progress");
  }

  void begins(Experiment.Cell cell) {
    out.line("cell %s: %s begins".formatted(number(cell), cell.name()));
  }

  /**
   * A cell has finished.
   *
   * @param left cells that have not ended
   */
  void finished(Experiment.Cell cell, Outcome outcome, int left, String expectedEnd) {
    out.line(
        "cell %s: %s finished in %s (%.0f sequences/s); %d to go, expected end %s"
            .formatted(
                number(cell),
                cell.name(),
                duration(outcome.seconds()),
                outcome.sequences() / outcome.seconds(),
                left,
                expectedEnd));
  }

  void stopped(Experiment.Cell cell) {
    out.line("cell %s: %s stopped".formatted(number(cell), cell.name()));
  }

  void failed(Experiment.Cell cell, Outcome outcome, Path output) {
    out.line(
        "cell %s: %s FAILED with %s; all that it printed is in %s"
            .formatted(number(cell), cell.name(), outcome.reason(), output));
  }

  /** Shows the running cells, if it is time to. */
  void showProgress(List<CellProcess> running, int left, Supplier<String> expectedEnd) {
    long now = System.nanoTime();
    if (now - shownNanos < SHOW_INTERVAL.toNanos()) {
      return;
    }
    shownNanos = now;
    StringBuilder text = new StringBuilder();
    for (CellProcess cell : running) {
      text.append(
          "%s %s %d%%  "
              .formatted(
                  number(cell.cell()),
                  cell.cell().name(),
                  100 * cell.sequences() / cell.cell().sequences()));
    }
    text.append("%d to go, expected end %s".formatted(left, expectedEnd.get()));
    if (now - lineNanos > LINE_INTERVAL.toNanos()) {
      lineNanos = now;
      out.line(text.toString());
    } else {
      out.transientLine(text.toString());
    }
  }

  private String number(Experiment.Cell cell) {
    return "%d/%d".formatted(experiment.cells().indexOf(cell) + 1, experiment.cells().size());
  }

  private static String duration(double seconds) {
    long whole = Math.round(seconds);
    return whole < 60
        ? whole + " s"
        : String.format(Locale.ROOT, "%d min %d s", whole / 60, whole % 60);
  }
}
