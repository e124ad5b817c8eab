package io.tributary.target;

import io.tributary.model.TextTokenizer;
import io.tributary.target.feature.Text;
import java.util.Arrays;

/**
 * Finds the token at which a sequence's fate is decided: the first one after which it is known that
 * no continuation changes b(x) = P(x)/a(x). That is a stopping time, on which prefix weights rest:
 * what is known of a beginning stays known, and with tokens that are bytes the text of the first
 * ones does not depend on those that follow, but for a character that is not complete.
 */
public record Decision(TextTokenizer tokenizer, EnergyBasedModel target) {
  private static final char REPLACEMENT = '\uFFFD';

  /**
   * Number of tokens after which b(x) is decided, 0 if it always is; all of them where only the end
   * of the sequence decides.
   *
   * @param text that the tokens decode to
   */
  public int of(int[] tokens, String text) {
    int undecided = -1;
    int decided = tokens.length;
    int next = tokens.length - 1; // most sequences are decided by their end alone
    while (undecided + 1 < decided) {
      if (isDecided(tokens, next, text)) {
        decided = next;
      } else {
        undecided = next;
      }
      next = (undecided + decided) / 2;
    }
    return decided;
  }

  private boolean isDecided(int[] tokens, int count, String text) {
    String beginning = tokenizer.decode(Arrays.copyOf(tokens, count));
    int end = beginning.length();
    while (end > 0 && beginning.charAt(end - 1) == REPLACEMENT) {
      end--; // bytes of a character that is not complete
    }
    String certain = beginning.substring(0, end);
    return text.startsWith(certain) && target.isDecided(new Text(certain, count));
  }
}
