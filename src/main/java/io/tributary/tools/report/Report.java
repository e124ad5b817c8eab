package io.tributary.tools.report;

import io.tributary.data.BadInputException;
import io.tributary.io.LastingFiles;
import io.tributary.tools.report.page.Drawing;
import io.tributary.tools.report.page.Figure;
import io.tributary.tools.report.page.HtmlPage;
import io.tributary.tools.report.page.MarkdownPage;
import io.tributary.tools.report.page.Page;
import io.tributary.tools.report.page.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Writes the report of a grid of runs, or of a single one, as far as it has come: a page, and in
 * {@code report/} each figure as a drawing and its points as CSV, and each table as CSV. It depends
 * only on the files of the runs, so that the same files give the same report.
 */
public final class Report {
  private static final String OUTCOMES = "outcomes.jsonl";

  private final GridData grid;
  private final Page page;
  private final Path home;
  private final Path files;
  private final boolean drawable = Drawing.isPossible();

  private Report(GridData grid, Page page, Path home) {
    this.grid = grid;
    this.page = page;
    this.home = home;
    this.files = home.resolve("report");
  }

  /**
   * Writes the report of a directory into it, as HTML with figures as SVG and PNG.
   *
   * @return the page
   * @throws BadInputException if it holds neither a grid nor a run, or can't be written
   */
  public static Path write(Path directory) {
    System.setProperty("java.awt.headless", "true");
    try {
      Report report = new Report(GridData.read(directory), new HtmlPage(), directory);
      LastingFiles.delete(report.files);
      return report.write();
    } catch (IOException | UncheckedIOException e) {
      throw new BadInputException(
          "the report of %s can't be written: %s".formatted(directory, e), e);
    }
  }

  /**
   * Writes the report of a directory into another, in files small enough to commit: Markdown with
   * figures as SVG, and {@code outcomes.jsonl} of a grid. Files of the same names are replaced,
   * others are left alone.
   *
   * @return the page
   * @throws BadInputException if the first holds neither a grid nor a run, or the second can't be
   *     written
   */
  public static Path write(Path directory, Path into) {
    System.setProperty("java.awt.headless", "true");
    try {
      Path page = new Report(GridData.read(directory), new MarkdownPage(), into).write();
      if (Files.exists(directory.resolve(OUTCOMES))) {
        Files.copy(
            directory.resolve(OUTCOMES),
            into.resolve("report").resolve(OUTCOMES),
            StandardCopyOption.REPLACE_EXISTING);
      }
      return page;
    } catch (IOException | UncheckedIOException e) {
      throw new BadInputException(
          "the report of %s can't be written to %s: %s".formatted(directory, into, e), e);
    }
  }

  private Path write() throws IOException {
    Files.createDirectories(files);
    page.begin("Tributary: " + grid.name(), introduction());
    if (grid.comparesObjectives()) {
      Claims claims = new Claims(grid);
      table(claims.table());
      for (Table table : claims.tables()) {
        table(table);
      }
    }
    for (Figure figure : Figures.of(grid)) {
      figure(figure);
    }
    table(Tables.lastValues(grid));
    if (grid.finished() < grid.runs().size()) {
      table(Tables.unfinished(grid));
    }
    for (Table texts : Tables.texts(grid)) {
      table(texts);
    }
    if (!grid.origins().isEmpty()) {
      table(Tables.origins(grid));
    }
    Path file = home.resolve(page.file());
    LastingFiles.replace(file, page.end());
    return file;
  }

  private String introduction() {
    return grid.runs().size() == 1
        ? "Run %s of %s: %s."
            .formatted(grid.name(), grid.methods().get(0), grid.runs().get(0).note())
        : "%d of %d runs are finished: %s, the methods %s, seeds %s."
            .formatted(
                grid.finished(),
                grid.runs().size(),
                Table.count(grid.tasks().size(), "task"),
                String.join(", ", grid.methods()),
                grid.seeds());
  }

  private void table(Table table) throws IOException {
    page.table(table);
    Files.writeString(files.resolve(table.id() + ".csv"), table.csv());
  }

  private void figure(Figure figure) throws IOException {
    Files.writeString(files.resolve(figure.id() + ".csv"), figure.data().csv());
    String svg = figure.isEmpty() || !drawable ? "" : draw(figure);
    page.figure(
        figure,
        svg,
        figure.isEmpty()
            ? "no data yet"
            : "no drawing: this Java has no fonts (install fontconfig and a font, such as the"
                + " package fonts-dejavu-core); the data are there");
  }

  private String draw(Figure figure) throws IOException {
    Drawing drawing = new Drawing(figure);
    String svg = drawing.svg();
    Files.writeString(files.resolve(figure.id() + ".svg"), svg);
    if (page.hasPng()) {
      Files.write(files.resolve(figure.id() + ".png"), drawing.png());
    }
    return svg;
  }
}
