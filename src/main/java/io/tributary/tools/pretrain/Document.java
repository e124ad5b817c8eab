package io.tributary.tools.pretrain;

/**
 * A text to learn.
 *
 * @param text one or a few sentences
 * @param repeat how often it occurs in one pass over the data, at least once
 */
record Document(String text, int repeat) {
  Document {
    if (text.isEmpty() || repeat < 1) {
      throw new IllegalArgumentException(
          "a document has a text and occurs at least once, got '%s', %d times"
              .formatted(text, repeat));
    }
  }
}
