package io.tributary.tools.report.page;

import java.util.List;

/**
 * A report in Markdown, to be kept in a repository: its files are text, and small enough to commit.
 */
public final class MarkdownPage extends Page {
  public MarkdownPage() {
    super("report.md", false);
  }

  @Override
  public void begin(String title, String introduction) {
    add("# %s\n\n%s\n", title, introduction);
  }

  @Override
  public void figure(Figure figure, String svg, String instead) {
    add("\n## %s\n\n", figure.title());
    if (svg.isEmpty()) {
      add("*%s*\n", instead);
    } else {
      add("![%s]", figure.title());
      text.append("(report/%s.svg)\n".formatted(figure.id()));
    }
    add("\n%s", figure.caption());
    text.append(
        figure.isEmpty() ? "\n" : " ([points as CSV](report/%s.csv))\n".formatted(figure.id()));
  }

  @Override
  public void table(Table table) {
    add("\n## %s\n\n", table.title());
    if (table.rows().isEmpty()) {
      text.append("*no data yet*\n");
      return;
    }
    add("%s", table.caption());
    text.append(" ([CSV](report/%s.csv))\n\n".formatted(table.id()));
    row(table.header());
    text.append("|").append(" --- |".repeat(table.header().size())).append('\n');
    table.rows().forEach(this::row);
  }

  private void row(List<String> cells) {
    cells.forEach(cell -> add("| %s ", cell.replaceAll("\\R", " ")));
    text.append("|\n");
  }

  /** Escapes what Markdown or HTML would interpret. */
  @Override
  String escaped(String plain) {
    return plain
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replaceAll("([\\\\`*_\\[\\]|~#$])", "\\\\$1");
  }
}
