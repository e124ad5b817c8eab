package io.tributary.report;

import io.tributary.data.BadInputException;
import io.tributary.disk.LastingFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Writes what a grid of runs, or a single one, has found so far: {@code report.html}, and in {@code
 * report/} each figure as SVG and PNG with its points as CSV, and each table as CSV. It depends on
 * the runs' files alone, so that the same files give the same report.
 */
public final class Report {
  private final Path directory;
  private final Path files;
  private final boolean drawable = Drawing.isPossible();

  private Report(Path directory) {
    this.directory = directory;
    this.files = directory.resolve("report");
  }

  /**
   * Writes the report of a directory into it.
   *
   * @return the page
   * @throws BadInputException if it holds neither a grid nor a run, or can't be written
   */
  public static Path write(Path directory) {
    System.setProperty("java.awt.headless", "true");
    try {
      return new Report(directory).write(GridData.read(directory));
    } catch (IOException e) {
      throw new BadInputException("no report of %s: %s".formatted(directory, e), e);
    }
  }

  private Path write(GridData grid) throws IOException {
    LastingFiles.delete(files);
    Files.createDirectories(files);
    Page page = new Page("Tributary: " + grid.name(), introduction(grid));
    if (grid.comparesObjectives()) {
      Claims claims = new Claims(grid);
      table(page, Tables.claims(claims.all()));
      table(page, claims.momentTable());
    }
    for (Figure figure : new Figures(grid).all()) {
      figure(page, figure);
    }
    table(page, Tables.finalValues(grid));
    if (grid.finished() < grid.runs().size()) {
      table(page, Tables.unfinished(grid));
    }
    for (Table texts : Tables.texts(grid)) {
      table(page, texts);
    }
    Path file = directory.resolve("report.html");
    Path part = directory.resolve("report.html.part");
    Files.writeString(part, page.end());
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    return file;
  }

  private static String introduction(GridData grid) {
    String seeds =
        String.join(
            ", ",
            grid.runs().stream()
                .map(run -> run.cell().seed())
                .distinct()
                .sorted()
                .map(String::valueOf)
                .toList());
    return grid.runs().size() == 1
        ? "Run %s of %s: %s."
            .formatted(grid.name(), grid.methods().get(0), grid.runs().get(0).note())
        : "%d of %d runs are finished: %d tasks, the methods %s, seeds %s."
            .formatted(
                grid.finished(),
                grid.runs().size(),
                grid.tasks().size(),
                String.join(", ", grid.methods()),
                seeds);
  }

  private void table(Page page, Table table) throws IOException {
    page.table(table);
    Files.writeString(files.resolve(table.id() + ".csv"), table.csv());
  }

  private void figure(Page page, Figure figure) throws IOException {
    Files.writeString(files.resolve(figure.id() + ".csv"), figure.data().csv());
    String svg = figure.isEmpty() || !drawable ? "" : draw(figure);
    page.figure(
        figure,
        svg,
        figure.isEmpty()
            ? "no data yet"
            : "no drawing: this Java has no fonts (install fontconfig and a font, such as the package fonts-dejavu-core); the data are there");
  }

  private String draw(Figure figure) throws IOException {
    Drawing drawing = new Drawing(figure);
    String svg = drawing.svg();
    Files.writeString(files.resolve(figure.id() + ".svg"), svg);
    Files.write(files.resolve(figure.id() + ".png"), drawing.png());
    return svg;
  }
}
