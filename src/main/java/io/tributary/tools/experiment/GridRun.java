package io.tributary.tools.experiment;

import io.tributary.config.experiment.Experiment;
import io.tributary.data.BadInputException;
import io.tributary.io.TerminalOutput;
import io.tributary.tools.experiment.Outcomes.End;
import io.tributary.tools.experiment.Outcomes.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Runs the cells of a grid that are not finished, each in a process of its own. One that fails is
 * reported, and the others go on.
 */
public final class GridRun {
  private static final long POLL_MILLISECONDS = 250;
  private static final Duration SHOW_INTERVAL =
      Duration.ofSeconds(1); // reading all cells takes a while
  private static final Duration LINE_INTERVAL = Duration.ofMinutes(1);
  private static final Duration HANDOVER = Duration.ofSeconds(30);

  private final Experiment experiment;
  private final GridDirectory directory;
  private final TerminalOutput out;
  private final BooleanSupplier asked;
  private final GridProgress progress;
  private final Deque<Experiment.Cell> waiting = new ArrayDeque<>();
  private final List<CellProcess> running = new ArrayList<>();
  private final Map<String, String> failures = new LinkedHashMap<>();
  private boolean stopping;
  private int finished;
  private long shownNanos = System.nanoTime();
  private long lineNanos = System.nanoTime();

  /**
   * How a grid ended.
   *
   * @param cells in all
   * @param finished cells that are finished, in earlier processes too
   * @param failures reasons by the cell's name
   * @param stopped whether it was asked to end
   */
  public record Result(int cells, int finished, Map<String, String> failures, boolean stopped) {
    public Result {
      failures = new LinkedHashMap<>(failures);
    }
  }

  private GridRun(
      Experiment experiment, GridDirectory directory, TerminalOutput out, BooleanSupplier asked) {
    this.experiment = experiment;
    this.directory = directory;
    this.out = out;
    this.asked = asked;
    this.progress = new GridProgress(Clock.system(ZoneId.systemDefault()), experiment.parallel());
  }

  /**
   * Runs until all cells have ended, or it is asked to end.
   *
   * @param origin what the runs are made with
   * @param out where progress is shown
   * @param asked whether it has been asked to end
   * @throws BadInputException if the grid's directory can't be used
   */
  public static Result run(
      Experiment experiment, Origin origin, TerminalOutput out, BooleanSupplier asked)
      throws InterruptedException {
    try (GridDirectory directory = GridDirectory.claim(experiment)) {
      GridRun grid = new GridRun(experiment, directory, out, asked);
      grid.prepare();
      if (!grid.waiting.isEmpty()) {
        directory.madeWith(origin);
      }
      try {
        grid.loop();
      } finally {
        grid.running.forEach(CellProcess::stop);
      }
      return new Result(experiment.cells().size(), grid.finished, grid.failures, grid.stopping);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void prepare() throws IOException, InterruptedException {
    Map<String, Outcome> last = directory.outcomes().last();
    Map<String, String> methods = new LinkedHashMap<>();
    experiment.cells().forEach(cell -> methods.put(cell.name(), cell.method()));
    for (Outcome outcome : directory.outcomes().all()) {
      if (methods.containsKey(outcome.cell())) {
        progress.add(methods.get(outcome.cell()), outcome);
      }
    }
    int begun = 0;
    for (Experiment.Cell cell : experiment.cells()) {
      if (directory.isFinished(cell.name(), last)) {
        finished++;
      } else {
        begun += Files.exists(directory.run(cell.name()).resolve("effective.conf")) ? 1 : 0;
        waiting.add(cell);
      }
    }
    out.line(
        "grid %s: %d cells, %d finished, %d to go on with, %d to begin; files in %s"
            .formatted(
                experiment.name(),
                experiment.cells().size(),
                finished,
                begun,
                waiting.size() - begun,
                directory.home()));
    for (Experiment.Cell cell : waiting) {
      awaitFree(cell);
    }
  }

  /** The process of a cell that outlives its experiment ends by itself, after a checkpoint. */
  private void awaitFree(Experiment.Cell cell) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + cell.config().shutdown().grace().plus(HANDOVER).toNanos();
    boolean told = false;
    while (directory.isInUse(cell.name()) && !asked.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new BadInputException(
            "%s is in use by another trainer".formatted(directory.run(cell.name())));
      }
      if (!told) {
        told = true;
        out.line("waiting for the process that was left with " + cell.name());
      }
      Thread.sleep(POLL_MILLISECONDS);
    }
  }

  private void loop() throws IOException, InterruptedException {
    while (!waiting.isEmpty() || !running.isEmpty()) {
      if (asked.getAsBoolean() && !stopping) {
        stopping = true;
        waiting.clear();
        running.forEach(CellProcess::stop);
        out.line("the cells that run save what they have reached");
      }
      while (!waiting.isEmpty() && running.size() < experiment.parallel()) {
        start(waiting.remove());
      }
      for (Iterator<CellProcess> cells = running.iterator(); cells.hasNext(); ) {
        CellProcess cell = cells.next();
        if (!cell.isAlive()) {
          cells.remove();
          ended(cell);
        }
      }
      if (!running.isEmpty()) {
        show();
        running.get(0).await(POLL_MILLISECONDS);
      }
    }
  }

  private void start(Experiment.Cell cell) throws IOException {
    running.add(CellProcess.start(directory, cell));
    out.line("cell %s: %s begins".formatted(number(cell), cell.name()));
  }

  private void ended(CellProcess process) throws IOException {
    Experiment.Cell cell = process.cell();
    Outcome outcome = process.outcome(stopping || asked.getAsBoolean());
    if (outcome.end() == End.FINISHED && ComparedTexts.of(directory.run(cell.name())).isEmpty()) {
      outcome =
          outcome.failed("it lacks its last texts (comparison.json), which going on with it draws");
    }
    directory.outcomes().add(outcome);
    progress.add(cell.method(), outcome);
    String end = expectedEnd();
    switch (outcome.end()) {
      case FINISHED -> {
        finished++;
        out.line(
            "cell %s: %s finished in %s (%.0f sequences/s); %d to go, expected end %s"
                .formatted(
                    number(cell),
                    cell.name(),
                    duration(outcome.seconds()),
                    outcome.sequences() / outcome.seconds(),
                    waiting.size() + running.size(),
                    end));
      }
      case STOPPED -> out.line("cell %s: %s stopped".formatted(number(cell), cell.name()));
      case FAILED -> {
        failures.put(cell.name(), outcome.reason());
        out.line(
            "cell %s: %s FAILED with %s; all that it printed is in %s"
                .formatted(
                    number(cell), cell.name(), outcome.reason(), directory.output(cell.name())));
      }
    }
  }

  private String expectedEnd() {
    Map<Experiment.Cell, Long> left = new LinkedHashMap<>();
    waiting.forEach(cell -> left.put(cell, CellProcess.learned(directory.run(cell.name()))));
    return progress.text(progress.end(left, running));
  }

  /** The cells that run, renewed in place on a terminal; elsewhere a line now and then. */
  private void show() {
    long now = System.nanoTime();
    if (now - shownNanos < SHOW_INTERVAL.toNanos()) {
      return;
    }
    shownNanos = now;
    boolean line = now - lineNanos > LINE_INTERVAL.toNanos();
    StringBuilder text = new StringBuilder();
    for (CellProcess cell : running) {
      text.append(
          "%s %s %d%%  "
              .formatted(
                  number(cell.cell()),
                  cell.cell().name(),
                  100 * cell.sequences() / cell.cell().sequences()));
    }
    text.append(
        "%d to go, expected end %s".formatted(waiting.size() + running.size(), expectedEnd()));
    if (line) {
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
