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

  /**
   * What runs of a grid were made with, as far as their numbers depend on it, so that they can be
   * reproduced. It says neither when nor where, so that a grid continued after an interruption has
   * a single origin.
   *
   * @param program version and revision of this program
   * @param command the command line, without what has no influence on results
   * @param java version and vendor
   * @param engine name and version of the tensor engine
   * @param system operating system, architecture and processors
   */
  public record Origin(String program, String command, String java, String engine, String system) {
    /** This program on this machine. */
    public static Origin here(String program, String command, String engine) {
      return new Origin(
          program,
          command,
          "%s (%s)"
              .formatted(System.getProperty("java.version"), System.getProperty("java.vendor")),
          engine,
          "%s %s, %d processors"
              .formatted(
                  System.getProperty("os.name"),
                  System.getProperty("os.arch"),
                  Runtime.getRuntime().availableProcessors()));
    }
  }
}
