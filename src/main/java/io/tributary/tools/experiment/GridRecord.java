package io.tributary.tools.experiment;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.tributary.data.BadInputException;
import io.tributary.io.LastingFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code grid.json} says of a grid, and a report needs beside its runs.
 *
 * @param origins what the runs were made with; several if it changed on the way
 * @param cells in the order in which they run
 */
public record GridRecord(List<Origin> origins, List<CellRecord> cells) {
  private static final String FILE = "grid.json";
  private static final Gson GSON =
      new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

  public GridRecord {
    origins = origins == null ? List.of() : List.copyOf(origins); // of an earlier version
    cells = List.copyOf(cells);
  }

  /**
   * The grid in a directory; empty if it holds none.
   *
   * @throws BadInputException if the file is not what a grid has written
   */
  public static Optional<GridRecord> read(Path home) throws IOException {
    Path file = home.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(GSON.fromJson(Files.readString(file), GridRecord.class));
    } catch (RuntimeException e) { // a record's constructor may fail too
      throw new BadInputException(
          "%s is not a list of cells: %s".formatted(file, e.getMessage()), e);
    }
  }

  void write(Path home) throws IOException {
    LastingFiles.replace(home.resolve(FILE), GSON.toJson(this));
  }
}
