package io.tributary.config.experiment;

import io.tributary.config.TributaryConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A grid of runs with their checked configurations.
 *
 * @param name names the grid's directory
 * @param directory where the directories of grids are, absolute
 * @param parallel number of cells that run at once
 * @param cells in the order in which they run, with different names
 */
public record Experiment(String name, Path directory, int parallel, List<Cell> cells) {
  public Experiment {
    cells = List.copyOf(cells);
  }

  /** The directory that holds all files of the grid. */
  public Path home() {
    return directory.resolve(name);
  }

  /**
   * One run of the grid.
   *
   * @param task name of the task: its file's name without the extension
   * @param method name of the method
   * @param figures numbers of the figures that show it
   * @param config its configuration; the run's name is the cell's
   */
  public record Cell(String task, String method, Set<Integer> figures, TributaryConfig config) {
    public Cell {
      figures = Set.copyOf(figures);
    }

    /** Task, method, batch size and seed in one word, which names the run. */
    public String name() {
      return config.run().name();
    }

    /** Number of sequences that it learns from in total. */
    public long sequences() {
      return config.totalSteps().orElseThrow() * config.learner().batchSize();
    }

    /** The same cell in more figures. */
    Cell with(Set<Integer> more) {
      Set<Integer> all = new TreeSet<>(figures);
      all.addAll(more);
      return new Cell(task, method, all, config);
    }
  }
}
