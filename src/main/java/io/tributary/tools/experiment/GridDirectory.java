package io.tributary.tools.experiment;

import io.tributary.config.ConfigLoader;
import io.tributary.config.TributaryConfig;
import io.tributary.config.binding.ConfigException;
import io.tributary.config.experiment.Experiment;
import io.tributary.config.experiment.MovedRun;
import io.tributary.data.BadInputException;
import io.tributary.io.LastingFiles;
import io.tributary.io.ProcessLock;
import io.tributary.tools.experiment.GridRecord.Origin;
import io.tributary.tools.experiment.Outcomes.End;
import io.tributary.tools.experiment.Outcomes.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The directory of a grid. {@code grid.json} lists its cells and what they were made with, {@code
 * outcomes.jsonl} says how and when each ended, and {@code cells/} holds, for each cell, its
 * configuration, its output and the directory of its run.
 */
public record GridDirectory(Path home, ProcessLock lock) implements AutoCloseable {
  /**
   * Creates or opens the directory of a grid, locked for this process, and records its cells.
   *
   * @throws BadInputException if another process uses it, one of its cells was made with another
   *     configuration, or it can't be written
   */
  static GridDirectory claim(Experiment experiment) {
    Path home = experiment.home();
    ProcessLock lock = null;
    try {
      Files.createDirectories(home.resolve("cells"));
      lock =
          ProcessLock.tryLock(home.resolve(".lock"))
              .orElseThrow(() -> new BadInputException(home + " is in use by another experiment"));
      GridDirectory directory = new GridDirectory(home, lock);
      for (Experiment.Cell cell : experiment.cells()) {
        directory.requireSame(cell);
      }
      for (Experiment.Cell cell : experiment.cells()) {
        LastingFiles.replace(directory.configuration(cell.name()), cell.config().toHocon());
      }
      new GridRecord(
              GridRecord.read(home).map(GridRecord::origins).orElse(List.of()),
              experiment.cells().stream().map(CellRecord::of).toList())
          .write(home);
      return directory;
    } catch (IOException e) {
      ProcessLock.release(lock);
      throw new BadInputException(
          "run.directory: the grid in %s can't be written: %s".formatted(home, e), e);
    } catch (BadInputException e) {
      ProcessLock.release(lock);
      throw e;
    }
  }

  /**
   * Checks that a run that has begun can be continued as this cell. The file of a grid that has
   * been moved is adapted to where it is now.
   *
   * @throws BadInputException if the configurations differ, or that of then can't be read
   */
  private void requireSame(Experiment.Cell cell) throws IOException {
    Path file = configuration(cell.name());
    Path run = run(cell.name());
    if (!Files.exists(run.resolve("effective.conf")) || !Files.exists(file)) {
      return;
    }
    TributaryConfig before;
    try {
      String hocon = Files.readString(file);
      String moved = MovedRun.hocon(hocon, cell.config().run().directory());
      if (!moved.equals(hocon)) {
        LastingFiles.replace(file, moved);
      }
      before = ConfigLoader.load(file, Map.of());
    } catch (ConfigException e) {
      throw new BadInputException(
          "the cell %s was made with a configuration that can't be read any more: %s; remove %s to run it again"
              .formatted(cell.name(), e.getMessage(), run),
          e);
    }
    if (!before.equals(cell.config())) {
      throw new BadInputException(
          "the cell %s was made with%s; start a new grid with another run.name, or remove %s to run the cell again"
              .formatted(cell.name(), difference(before.toHocon(), cell.config().toHocon()), run));
    }
  }

  /** The first line that differs. */
  private static String difference(String before, String now) {
    List<String> old = before.lines().toList();
    List<String> lines = now.lines().toList();
    for (int i = 0; i < Math.min(old.size(), lines.size()); i++) {
      if (!old.get(i).equals(lines.get(i))) {
        return " %s, and now has %s".formatted(old.get(i).strip(), lines.get(i).strip());
      }
    }
    return " another configuration";
  }

  /** Records what runs are made with from now on. */
  void madeWith(Origin origin) throws IOException {
    GridRecord grid = GridRecord.read(home).orElseThrow();
    if (!grid.origins().contains(origin)) {
      List<Origin> origins = new ArrayList<>(grid.origins());
      origins.add(origin);
      new GridRecord(origins, grid.cells()).write(home);
    }
  }

  /** The directory of a cell's run. */
  public static Path run(Path home, String cell) {
    return home.resolve("cells").resolve(cell);
  }

  Path run(String cell) {
    return run(home, cell);
  }

  /** Whether a cell has made all its steps and written its final texts. */
  boolean isFinished(String cell, Map<String, Outcome> outcomes) throws IOException {
    Outcome last = outcomes.get(cell);
    return last != null && last.end() == End.FINISHED && ComparedTexts.of(run(cell)).isPresent();
  }

  /** The configuration that its run gets. */
  Path configuration(String cell) {
    return home.resolve("cells").resolve(cell + ".conf");
  }

  /** What its process has printed. */
  Path output(String cell) {
    return home.resolve("cells").resolve(cell + ".out");
  }

  Outcomes outcomes() {
    return Outcomes.in(home);
  }

  /** Whether a process left by an earlier experiment still writes the cell's files. */
  boolean isInUse(String cell) throws IOException {
    Path file = run(cell).resolve(".lock");
    if (!Files.exists(file)) {
      return false;
    }
    Optional<ProcessLock> free = ProcessLock.tryLock(file);
    free.ifPresent(ProcessLock::close);
    return free.isEmpty();
  }

  @Override
  public void close() {
    lock.close();
  }
}
