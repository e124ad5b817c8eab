package io.tributary.tools.report.page;

import java.util.Arrays;

/** A document that a report is written as, next to the files of its figures and tables. */
public abstract class Page {
  private final String file;
  private final boolean png;
  final StringBuilder text = new StringBuilder();

  /**
   * @param file its name
   * @param png whether figures are also written as PNG
   */
  Page(String file, boolean png) {
    this.file = file;
    this.png = png;
  }

  public String file() {
    return file;
  }

  public boolean hasPng() {
    return png;
  }

  /** Begins with a title and an introduction. */
  public abstract void begin(String title, String introduction);

  /**
   * Adds a figure with a drawing, or the reason why it has none.
   *
   * @param svg the drawing; empty if there is none
   * @param instead the reason
   */
  public abstract void figure(Figure figure, String svg, String instead);

  /** Adds a table whose first column names the row. */
  public abstract void table(Table table);

  /** Ends the document and gives its text. */
  public String end() {
    return text.toString();
  }

  /** Adds a format with its arguments, in which what the markup would interpret is escaped. */
  final void add(String format, String... plain) {
    text.append(format.formatted(Arrays.stream(plain).map(this::escaped).toArray()));
  }

  abstract String escaped(String plain);
}
