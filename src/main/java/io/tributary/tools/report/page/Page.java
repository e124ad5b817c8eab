package io.tributary.tools.report.page;

import java.nio.file.Path;

/** Puts a report together as one document, beside the files of its figures and tables. */
public interface Page {
  /** What it is, and what it is about. */
  void begin(String title, String introduction);

  /**
   * A figure with a drawing, or one that says why it has none.
   *
   * @param svg the drawing; empty if there is none
   * @param instead why
   */
  void figure(Figure figure, String svg, String instead);

  /** A table whose first column names the row. */
  void table(Table table);

  /** The document. */
  String end();

  /** The name of its file. */
  Path file();

  /** Whether figures have a PNG beside the SVG. */
  boolean hasPng();
}
