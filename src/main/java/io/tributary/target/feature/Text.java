package io.tributary.target.feature;

import io.tributary.data.WordTokens;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The decoded text of a sequence, as features see it. Thread-safe. */
public final class Text {
  private final String text;
  private final int tokens;
  private volatile @Nullable List<String> words;

  /**
   * @param text the decoded text, with U+FFFD in place of bytes that are not UTF-8
   * @param tokens number of tokens of the sequence, EOS included
   */
  public Text(String text, int tokens) {
    this.text = text;
    this.tokens = tokens;
  }

  public String text() {
    return text;
  }

  public int tokens() {
    return tokens;
  }

  /** Its word tokens as split by {@link WordTokens}, computed once for all features. */
  public List<String> words() {
    List<String> found = words;
    if (found == null) {
      found = WordTokens.of(text);
      words = found;
    }
    return found;
  }

  @Override
  public String toString() {
    return text;
  }
}
