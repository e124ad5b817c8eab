package io.tributary.stage.evaluate;

import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Measures the diversity of sampled texts: Distinct-1 to 3 within a text, over all of them, and
 * Self-BLEU-3 to 5 among the first {@value #SELF_BLEU_TEXTS} (section 4.2, Korbak et al. 2022,
 * arXiv:2206.00761).
 */
public final class TextMetrics {
  /** Number of texts that are compared with each other. */
  public static final int SELF_BLEU_TEXTS = 500;

  private static final int LONGEST_DISTINCT = 3;
  private static final int LONGEST_BLEU = 5;

  private static final Map<Integer, Metric> DISTINCT =
      Map.of(1, Metric.DISTINCT_1, 2, Metric.DISTINCT_2, 3, Metric.DISTINCT_3);
  private static final Map<Integer, Metric> SELF_BLEU =
      Map.of(3, Metric.SELF_BLEU_3, 4, Metric.SELF_BLEU_4, 5, Metric.SELF_BLEU_5);

  private TextMetrics() {}

  /**
   * {@code distinct_n} and {@code self_bleu_n}; absent where there are too few texts.
   *
   * @param texts the word tokens of each text, as {@link io.tributary.data.WordTokens} splits it,
   *     with their case kept
   */
  public static Measurements of(List<List<String>> texts) {
    Measurements measured = new Measurements();
    Ngrams all = new Ngrams(texts, LONGEST_DISTINCT);
    DISTINCT.forEach((n, metric) -> measured.put(metric, distinct(all, n)));
    List<List<String>> compared = texts.subList(0, Math.min(texts.size(), SELF_BLEU_TEXTS));
    SelfBleu bleu = new SelfBleu(new Ngrams(compared, LONGEST_BLEU), LONGEST_BLEU);
    SELF_BLEU.forEach((n, metric) -> measured.put(metric, bleu.mean(n)));
    return measured;
  }

  /**
   * Distinct-n, a measure of how little a text repeats itself: the mean over texts of the number of
   * distinct n-grams divided by the number of tokens, in [0, 1] (Li et al. 2016, arXiv:1510.03055);
   * 0 for a text without a token, NaN for no texts.
   */
  private static double distinct(Ngrams ngrams, int n) {
    double sum = 0;
    for (int i = 0; i < ngrams.texts(); i++) {
      int tokens = ngrams.lengths()[i];
      if (tokens > 0) {
        sum += (double) Arrays.stream(ngrams.of(n, i)).distinct().count() / tokens;
      }
    }
    return sum / ngrams.texts();
  }
}
