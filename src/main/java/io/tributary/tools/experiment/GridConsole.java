package io.tributary.tools.experiment;

import static java.util.stream.Collectors.joining;

import io.tributary.config.experiment.Experiment;
import io.tributary.io.TerminalOutput;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Shows the progress of a grid: a line for each cell that starts or ends, and the running cells in
 * a row that is updated in place on a terminal, or in a line every minute.
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

  void line(String text) {
    out.line(text);
  }

  void line(Experiment.Cell cell, String does) {
    out.line("cell %s: %s %s".formatted(number(cell), cell.name(), does));
  }

  /** Shows the running cells, if it is time to. */
  void showProgress(List<CellProcess> running, int left, Supplier<String> expectedEnd) {
    long now = System.nanoTime();
    if (now - shownNanos < SHOW_INTERVAL.toNanos()) {
      return;
    }
    shownNanos = now;
    String text =
        running.stream()
            .map(this::progress)
            .collect(
                joining("", "", "%d to go, expected end %s".formatted(left, expectedEnd.get())));
    if (now - lineNanos > LINE_INTERVAL.toNanos()) {
      lineNanos = now;
      out.line(text);
    } else {
      out.transientLine(text);
    }
  }

  private String progress(CellProcess process) {
    Experiment.Cell cell = process.cell();
    return "%s %s %d%%  "
        .formatted(number(cell), cell.name(), 100 * process.sequences() / cell.sequences());
  }

  private String number(Experiment.Cell cell) {
    return "%d/%d".formatted(experiment.cells().indexOf(cell) + 1, experiment.cells().size());
  }

  static String duration(double seconds) {
    long whole = Math.round(seconds);
    return whole < 60
        ? whole + " s"
        : String.format(Locale.ROOT, "%d min %d s", whole / 60, whole % 60);
  }
}
