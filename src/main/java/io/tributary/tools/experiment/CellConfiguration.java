package io.tributary.tools.experiment;

import io.tributary.config.ConfigLoader;
import io.tributary.config.TributaryConfig;
import io.tributary.config.binding.ConfigException;
import io.tributary.config.experiment.Experiment;
import io.tributary.config.experiment.MovedRun;
import io.tributary.data.BadInputException;
import io.tributary.io.LastingFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Compares the configuration of a cell with the one that its run was begun with. */
final class CellConfiguration {
  private CellConfiguration() {}

  /**
   * Checks that a run that has begun can be continued as this cell. The file of a grid that has
   * been moved is adapted to where it is now.
   *
   * @param file the configuration of then, if it has begun
   * @param run the directory of the run
   * @throws BadInputException if the configurations differ, or that of then can't be read
   */
  static void requireSame(Path file, Path run, Experiment.Cell cell) throws IOException {
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
          "the cell %s was made with a configuration that can't be read any more: %s; remove %s to run it anew"
              .formatted(cell.name(), e.getMessage(), run),
          e);
    }
    if (!before.equals(cell.config())) {
      throw new BadInputException(
          "the cell %s was made with%s; another run.name starts a new grid, and without %s the cell runs anew"
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
}
