package io.tributary.tools.report.page;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A report in Markdown, to be kept in a repository: its files are text, and small enough to commit.
 */
public final class MarkdownPage implements Page {
  private static final Path FILE = Path.of("report.md");

  private final StringBuilder text = new StringBuilder();

  @Override
  public void begin(String title, String introduction) {
    text.append("# %s\n\n%s\n".formatted(escaped(title), escaped(introduction)));
  }

  @Override
  public void figure(Figure figure, String svg, String instead) {
    text.append("\n## %s\n\n".formatted(escaped(figure.title())));
    text.append(
        svg.isEmpty()
            ? "*%s*\n".formatted(escaped(instead))
            : "![%s](report/%s.svg)\n".formatted(escaped(figure.title()), figure.id()));
    text.append("\n%s".formatted(escaped(figure.caption())));
    text.append(
        figure.isEmpty() ? "\n" : " ([points as CSV](report/%s.csv))\n".formatted(figure.id()));
  }

  @Override
  public void table(Table table) {
    text.append("\n## %s\n\n".formatted(escaped(table.title())));
    if (table.rows().isEmpty()) {
      text.append("*no data yet*\n");
      return;
    }
    text.append("%s ([CSV](report/%s.csv))\n\n".formatted(escaped(table.caption()), table.id()));
    row(table.header());
    text.append("|").append(" --- |".repeat(table.header().size())).append('\n');
    table.rows().forEach(this::row);
  }

  private void row(List<String> cells) {
    text.append(
        cells.stream()
            .map(cell -> escaped(cell.replaceAll("\\R", " ")))
            .collect(Collectors.joining(" | ", "| ", " |\n")));
  }

  /** Escapes what Markdown or HTML would interpret. */
  private static String escaped(String plain) {
    return plain
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replaceAll("([\\\\`*_\\[\\]|~#$])", "\\\\$1");
  }

  @Override
  public String end() {
    return text.toString();
  }

  @Override
  public Path file() {
    return FILE;
  }

  @Override
  public boolean hasPng() {
    return false;
  }
}
