package io.tributary.stage.evaluate;

import io.tributary.data.Measurements;
import java.util.List;

/**
 * Measures how varied sampled texts are: Distinct-1 to 3 within a text, over all of them, and
 * Self-BLEU-3 to 5 among the first {@value #SELF_BLEU_TEXTS} (section 4.2, Korbak et al. 2022,
 * arXiv:2206.00761).
 */
public final class TextMetrics {
  /** Texts of which each is compared with the others. */
  public static final int SELF_BLEU_TEXTS = 500;

  private static final int LONGEST_DISTINCT = 3;
  private static final int SHORTEST_BLEU = 3;
  private static final int LONGEST_BLEU = 5;

  private TextMetrics() {}

  /**
   * {@code distinct_n} and {@code self_bleu_n}; absent where there are too few texts.
   *
   * @param texts the word tokens of each text, as {@link io.tributary.data.WordTokens} splits it,
   *     with their case kept
   */
  public static Measurements of(List<List<String>> texts) {
    Measurements measured = new Measurements();
    Ngrams all = Ngrams.of(texts, LONGEST_DISTINCT);
    for (int n = 1; n <= LONGEST_DISTINCT; n++) {
      measured.put("distinct_" + n, DistinctNgrams.mean(all, n));
    }
    List<List<String>> compared = texts.subList(0, Math.min(texts.size(), SELF_BLEU_TEXTS));
    SelfBleu bleu = SelfBleu.of(Ngrams.of(compared, LONGEST_BLEU), LONGEST_BLEU);
    for (int n = SHORTEST_BLEU; n <= LONGEST_BLEU; n++) {
      measured.put("self_bleu_" + n, bleu.mean(n));
    }
    return measured;
  }
}
