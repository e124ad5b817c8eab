package io.tributary.tools.experiment;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.tributary.config.ConfigLoader;
import io.tributary.config.TributaryConfig;
import io.tributary.config.binding.ConfigException;
import io.tributary.config.experiment.Experiment;
import io.tributary.config.experiment.MovedRun;
import io.tributary.data.BadInputException;
import io.tributary.io.LastingFiles;
import io.tributary.io.ProcessLock;
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
 * The files of a grid: {@code grid.json} says what its cells are and what made them, {@code
 * outcomes.jsonl} how and when each ended, and {@code cells/} holds of each cell its configuration,
 * what it printed, and the directory of its run.
 */
public final class GridDirectory implements AutoCloseable {
  private static final String GRID = "grid.json";
  private static final Gson GSON =
      new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

  private final Path home;
  private final ProcessLock lock;

  private GridDirectory(Path home, ProcessLock lock) {
    this.home = home;
    this.lock = lock;
  }

  /**
   * Makes or opens the directory of a grid, locked for this process, and records what its cells
   * are.
   *
   * @throws BadInputException if another process uses it, a cell that it holds was made with
   *     another configuration, or it can't be written
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
      directory.write(
          new Grid(
              grid(home).map(Grid::origins).orElse(List.of()),
              experiment.cells().stream().map(CellRecord::of).toList()));
      return directory;
    } catch (IOException e) {
      ProcessLock.release(lock);
      throw new BadInputException("run.directory: %s can't be used: %s".formatted(home, e), e);
    } catch (BadInputException e) {
      ProcessLock.release(lock);
      throw e;
    }
  }

  /**
   * What a report has to know of a grid beside its runs.
   *
   * @param origins what the runs were made with; several if it changed on the way
   * @param cells in the order in which they run
   */
  public record Grid(List<Origin> origins, List<CellRecord> cells) {
    public Grid {
      origins = origins == null ? List.of() : List.copyOf(origins); // of an earlier version
      cells = List.copyOf(cells);
    }
  }

  /** Records that runs are made with this from now on. */
  void madeWith(Origin origin) throws IOException {
    Grid grid = grid(home).orElseThrow();
    if (!grid.origins().contains(origin)) {
      List<Origin> origins = new ArrayList<>(grid.origins());
      origins.add(origin);
      write(new Grid(origins, grid.cells()));
    }
  }

  private void write(Grid grid) throws IOException {
    LastingFiles.replace(home.resolve(GRID), GSON.toJson(grid));
  }

  /** The grid in a directory, or nothing if it holds none. */
  public static Optional<Grid> grid(Path home) throws IOException {
    Path file = home.resolve(GRID);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(GSON.fromJson(Files.readString(file), Grid.class));
    } catch (RuntimeException e) { // what a record's constructor throws too
      throw new BadInputException("%s is no list of cells: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** The directory of a cell's run. */
  public static Path run(Path home, String cell) {
    return home.resolve("cells").resolve(cell);
  }

  Path run(String cell) {
    return run(home, cell);
  }

  /** Whether a cell has made all its steps and written its last texts. */
  boolean isFinished(String cell, Map<String, Outcome> outcomes) throws IOException {
    Outcome last = outcomes.get(cell);
    return last != null && last.end() == End.FINISHED && ComparedTexts.of(run(cell)).isPresent();
  }

  /** What the verb run is given. */
  Path configuration(String cell) {
    return home.resolve("cells").resolve(cell + ".conf");
  }

  /** What the cell's process has printed. */
  Path output(String cell) {
    return home.resolve("cells").resolve(cell + ".out");
  }

  Outcomes outcomes() {
    return Outcomes.in(home);
  }

  Path home() {
    return home;
  }

  /** Whether a process, one that an earlier experiment has left, still writes the cell's files. */
  boolean isInUse(String cell) throws IOException {
    Path file = run(cell).resolve(".lock");
    if (!Files.exists(file)) {
      return false;
    }
    Optional<ProcessLock> free = ProcessLock.tryLock(file);
    free.ifPresent(ProcessLock::close);
    return free.isEmpty();
  }

  private void requireSame(Experiment.Cell cell) throws IOException {
    Path file = configuration(cell.name());
    if (!Files.exists(run(cell.name()).resolve("effective.conf")) || !Files.exists(file)) {
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
          "the cell %s was made with a configuration that can't be read any more: %s; remove %s to run it anew"
              .formatted(cell.name(), e.getMessage(), run(cell.name())),
          e);
    }
    if (!before.equals(cell.config())) {
      throw new BadInputException(
          "the cell %s was made with%s; another run.name starts a new grid, and without %s the cell runs anew"
              .formatted(
                  cell.name(),
                  difference(before.toHocon(), cell.config().toHocon()),
                  run(cell.name())));
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

  @Override
  public void close() {
    lock.close();
  }
}
