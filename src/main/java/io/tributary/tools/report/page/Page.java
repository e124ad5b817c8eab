package io.tributary.tools.report.page;

import java.nio.file.Path;

/** A document that a report is written as, next to the files of its figures and tables. */
public interface Page {
  /** Begins with a title and an introduction. */
  void begin(String title, String introduction);

  /**
   * Adds a figure with a drawing, or the reason why it has none.
   *
   * @param svg the drawing; empty if there is none
   * @param instead the reason
   */
  void figure(Figure figure, String svg, String instead);

  /** Adds a table whose first column names the row. */
  void table(Table table);

  /** Ends the document and gives its text. */
  String end();

  /** The name of its file. */
  Path file();

  /** Whether figures are also written as PNG. */
  boolean hasPng();
}
