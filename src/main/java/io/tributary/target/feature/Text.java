package io.tributary.target.feature;

import io.tributary.data.WordTokens;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What features look at: the decoded text of a sequence. Thread-safe. */
public final class Text {
  private final String text;
  private final int tokens;
  private volatile @Nullable List<String> words;

  /**
   * @param text the decoded text; U+FFFD stands for bytes that are not UTF-8
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

  /** Its word tokens, as {@link WordTokens} splits it; found once for all features. */
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
