package io.tributary.tools.pretrain;

/** Normalises text: plain quotation marks, single spaces. */
final class PlainText {
  private PlainText() {}

  /**
   * Writes quotation marks made of backticks and apostrophes, and typographic ones, as plain ones,
   * and runs of white space as one space.
   */
  static String of(String text) {
    return text.replace("``", "\"")
        .replace("''", "\"")
        .replace('`', '\'')
        .replace('\u2018', '\'')
        .replace('\u2019', '\'')
        .replace('\u201c', '"')
        .replace('\u201d', '"')
        .replaceAll("\\s+", " ")
        .strip();
  }
}
