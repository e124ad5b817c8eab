package io.tributary.stage.evaluate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The n-grams of the word tokens of some texts, as numbers: equal n-grams have equal numbers. */
final class Ngrams {
  private final int[] lengths;
  private final int[][][] ids; // (n - 1, text, position)

  /**
   * The n-grams of texts, for n from 1 to {@code longest}.
   *
   * @param words the word tokens of each text
   */
  Ngrams(List<List<String>> words, int longest) {
    Map<String, Integer> vocabulary = new HashMap<>();
    lengths = words.stream().mapToInt(List::size).toArray();
    ids = new int[longest][][];
    ids[0] =
        words.stream()
            .map(
                text ->
                    text.stream()
                        .mapToInt(word -> vocabulary.computeIfAbsent(word, w -> vocabulary.size()))
                        .toArray())
            .toArray(int[][]::new);
    for (int n = 2; n <= longest; n++) {
      ids[n - 1] = longer(ids[n - 2], ids[0], n);
    }
  }

  /** n-grams, each a shorter one and the token after it. */
  private static int[][] longer(int[][] shorter, int[][] tokens, int n) {
    Map<Long, Integer> numbers = new HashMap<>();
    int[][] longer = new int[tokens.length][];
    for (int i = 0; i < tokens.length; i++) {
      longer[i] = new int[Math.max(0, tokens[i].length - n + 1)];
      for (int j = 0; j < longer[i].length; j++) {
        long pair = (long) shorter[i][j] << 32 | tokens[i][j + n - 1];
        longer[i][j] = numbers.computeIfAbsent(pair, p -> numbers.size());
      }
    }
    return longer;
  }

  /** Number of texts. */
  int texts() {
    return lengths.length;
  }

  /** Number of word tokens of each text. */
  int[] lengths() {
    return lengths;
  }

  /** The n-grams of text {@code i} in order; none if it has fewer than n tokens. */
  int[] of(int n, int i) {
    return ids[n - 1][i];
  }

  /** Number of different n-grams in all texts; their numbers are below it. */
  int different(int n) {
    return 1 + Arrays.stream(ids[n - 1]).flatMapToInt(Arrays::stream).max().orElse(-1);
  }
}
