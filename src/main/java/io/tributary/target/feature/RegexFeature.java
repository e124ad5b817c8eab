package io.tributary.target.feature;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * 1 iff a regular expression is found in the decoded text.
 *
 * <p>Nested repetitions can take time exponential in the length of the text. A search counts the
 * characters it reads and fails after a fixed number, so that it does not block a scorer, and fails
 * at the same place on every machine.
 */
record RegexFeature(String name, Pattern pattern) implements Feature {
  /** Reads of a character per search; a plain search takes a few for each character. */
  static final int MAX_LOOKS = 1_000_000;

  /** Graphemes, and canonical equivalence: the search does not tell that it has seen the end. */
  private static final Pattern UNSURE = Pattern.compile("\\\\X|\\\\b\\s*\\{|\\(\\s*\\?[a-zA-Z]*c");

  /**
   * @throws IllegalStateException if the search takes too many steps
   */
  @Override
  public double value(Text text) {
    try {
      return pattern.matcher(new CountedText(text.text(), new int[1])).find() ? 1 : 0;
    } catch (StackOverflowError | TooManyLooksException e) {
      throw new IllegalStateException(
          "feature \"%s\": the search for %s in a text of %d characters takes too many steps; a pattern without nested repetitions takes few"
              .formatted(name, pattern, text.text().length()),
          e);
    }
  }

  /**
   * When the search has ended, with a match or without, and has not looked at where the text ends:
   * it goes the same way in every text that begins with this one.
   */
  @Override
  public boolean isDecided(Text beginning) {
    if (UNSURE.matcher(pattern.pattern()).find()) {
      return false;
    }
    try {
      Matcher search = pattern.matcher(new CountedText(beginning.text(), new int[1]));
      search.find();
      return !search.hitEnd();
    } catch (StackOverflowError | TooManyLooksException e) {
      return false;
    }
  }

  private static final class TooManyLooksException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * A text that counts reads of its characters.
   *
   * @param looks (1), shared with its parts
   */
  private record CountedText(CharSequence text, int[] looks) implements CharSequence {
    @Override
    public char charAt(int index) {
      looks[0]++;
      if (looks[0] > MAX_LOOKS) {
        throw new TooManyLooksException();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new CountedText(text.subSequence(start, end), looks);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
