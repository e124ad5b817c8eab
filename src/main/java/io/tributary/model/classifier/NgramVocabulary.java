package io.tributary.model.classifier;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;

/**
 * The token n-grams, of length 1 to {@code longest}, that a classifier has weights for.
 *
 * <p>An n-gram is encoded as one number, whose digits in base vocabulary + 1 are its tokens plus
 * one.
 */
public final class NgramVocabulary {
  /** The longest n-gram whose number fits whatever the vocabulary. */
  public static final int MAX_LENGTH = 3;

  private final int longest;
  private final long base;
  private final long[] numbers;
  private final Map<Long, Integer> indices = new HashMap<>();

  private NgramVocabulary(int longest, int vocabulary, long[] numbers) {
    this.longest = longest;
    this.base = vocabulary + 1L;
    this.numbers = numbers;
    for (int i = 0; i < numbers.length; i++) {
      indices.put(numbers[i], i);
    }
  }

  /** No n-grams. */
  public static NgramVocabulary none(int longest, int vocabulary) {
    return new NgramVocabulary(longest, vocabulary, new long[0]);
  }

  /**
   * The n-grams that occur in at least {@code leastTexts} texts, in the order of their first
   * occurrence.
   *
   * @param longest tokens of the longest; 0: no n-grams at all
   */
  public static NgramVocabulary of(int longest, int vocabulary, List<int[]> texts, int leastTexts) {
    NgramVocabulary none = none(longest, vocabulary);
    Map<Long, Integer> counts = new LinkedHashMap<>();
    for (int[] text : texts) {
      none.numbers(text).distinct().forEach(number -> counts.merge(number, 1, Integer::sum));
    }
    return new NgramVocabulary(
        longest,
        vocabulary,
        counts.entrySet().stream()
            .filter(entry -> entry.getValue() >= leastTexts)
            .mapToLong(Map.Entry::getKey)
            .toArray());
  }

  /**
   * The n-grams of {@link #rows}.
   *
   * @param rows tokens, row after row, {@code longest} a row
   */
  static NgramVocabulary ofRows(int longest, int vocabulary, float[] rows) {
    long[] numbers = new long[longest == 0 ? 0 : rows.length / longest];
    for (int i = 0; i < rows.length; i++) {
      numbers[i / longest] = numbers[i / longest] * (vocabulary + 1L) + (long) rows[i] + 1;
    }
    return new NgramVocabulary(longest, vocabulary, numbers);
  }

  /** The tokens of each n-gram, {@code longest} a row; -1 in front of shorter ones. */
  float[] rows() {
    float[] rows = new float[numbers.length * longest];
    for (int i = 0; i < numbers.length; i++) {
      long rest = numbers[i];
      for (int j = longest - 1; j >= 0; j--) {
        rows[i * longest + j] = rest % base - 1;
        rest /= base;
      }
    }
    return rows;
  }

  /** Number of n-grams. */
  public int size() {
    return numbers.length;
  }

  /** Tokens of the longest. */
  int longest() {
    return longest;
  }

  /** The indices of the known n-grams that occur in a text, each once, in rising order. */
  int[] in(int[] text) {
    return numbers(text)
        .mapToObj(indices::get)
        .filter(Objects::nonNull)
        .mapToInt(Integer::intValue)
        .sorted()
        .distinct()
        .toArray();
  }

  private LongStream numbers(int[] text) {
    LongStream.Builder all = LongStream.builder();
    for (int from = 0; from < text.length; from++) {
      long number = 0;
      for (int to = from; to < Math.min(text.length, from + longest); to++) {
        number = number * base + text[to] + 1;
        all.add(number);
      }
    }
    return all.build();
  }
}
