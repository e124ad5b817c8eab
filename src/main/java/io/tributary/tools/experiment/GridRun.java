package io.tributary.tools.experiment;

import io.tributary.config.experiment.Experiment;
import io.tributary.data.BadInputException;
import io.tributary.io.TerminalOutput;
import io.tributary.tools.experiment.GridRecord.Origin;
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
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Runs the unfinished cells of a grid, each in a process of its own. If one fails, it is reported
 * and the others continue.
 */
public final class GridRun {
  private static final long POLL_MILLISECONDS = 250;
  private static final Duration HANDOVER = Duration.ofSeconds(30);

  private final Experiment experiment;
  private final GridDirectory directory;
  private final GridConsole console;
  private final BooleanSupplier asked;
  private final GridProgress progress;
  private final Deque<Experiment.Cell> waiting = new ArrayDeque<>();
  private final List<CellProcess> running = new ArrayList<>();
  private final Map<String, String> failures = new LinkedHashMap<>();
  private boolean stopping;
  private int finished;

  /**
   * How a grid ended.
   *
   * @param cells in all
   * @param finished number of finished cells, including earlier processes
   * @param failures reasons by the cell's name
   * @param stopped whether it was asked to stop
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
    this.console = new GridConsole(experiment, out);
    this.asked = asked;
    this.progress = new GridProgress(Clock.system(ZoneId.systemDefault()), experiment.parallel());
  }

  /**
   * Runs until all cells have ended or it is asked to stop.
   *
   * @param origin what the runs are made with
   * @param out where progress is shown
   * @param asked whether it has been asked to stop
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
    List<Outcome> outcomes = directory.outcomes().all();
    int begun = 0;
    for (Experiment.Cell cell : experiment.cells()) {
      outcomes.stream()
          .filter(outcome -> outcome.cell().equals(cell.name()))
          .forEach(outcome -> progress.add(cell.method(), outcome));
      if (directory.isFinished(cell.name(), last)) {
        finished++;
      } else {
        begun += Files.exists(directory.run(cell.name()).resolve("effective.conf")) ? 1 : 0;
        waiting.add(cell);
      }
    }
    console.line(
        "grid %s: %d cells, %d finished, %d to resume, %d to start; files in %s"
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

  /**
   * Waits for a process that has outlived its experiment: it ends by itself, after a checkpoint.
   */
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
        console.line("waiting for a process left over from " + cell.name());
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
        console.line("running cells save their progress");
      }
      while (!waiting.isEmpty() && running.size() < experiment.parallel()) {
        Experiment.Cell cell = waiting.remove();
        running.add(CellProcess.start(directory, cell));
        console.line(cell, "begins");
      }
      for (Iterator<CellProcess> cells = running.iterator(); cells.hasNext(); ) {
        CellProcess cell = cells.next();
        if (!cell.isAlive()) {
          cells.remove();
          ended(cell);
        }
      }
      if (!running.isEmpty()) {
        console.showProgress(running, left(), this::expectedEnd);
        running.get(0).await(POLL_MILLISECONDS);
      }
    }
  }

  private void ended(CellProcess process) throws IOException {
    Experiment.Cell cell = process.cell();
    Outcome outcome = process.outcome(stopping || asked.getAsBoolean());
    if (outcome.end() == End.FINISHED && ComparedTexts.of(directory.run(cell.name())).isEmpty()) {
      outcome =
          outcome.failed("its final texts (comparison.json) are missing; resuming it draws them");
    }
    directory.outcomes().add(outcome);
    progress.add(cell.method(), outcome);
    switch (outcome.end()) {
      case FINISHED -> {
        finished++;
        console.line(
            cell,
            "finished in %s (%.0f sequences/s); %d to go, expected end %s"
                .formatted(
                    GridConsole.duration(outcome.seconds()),
                    outcome.sequences() / outcome.seconds(),
                    left(),
                    expectedEnd()));
      }
      case STOPPED -> console.line(cell, "stopped");
      case FAILED -> {
        failures.put(cell.name(), outcome.reason());
        console.line(
            cell,
            "FAILED with %s; its complete output is in %s"
                .formatted(outcome.reason(), directory.output(cell.name())));
      }
    }
  }

  private int left() {
    return waiting.size() + running.size();
  }

  private String expectedEnd() {
    Map<Experiment.Cell, Long> left = new LinkedHashMap<>();
    waiting.forEach(cell -> left.put(cell, CellProcess.learned(directory.run(cell.name()))));
    return progress.text(progress.end(left, running));
  }
}
