package io.tributary.stage.evaluate;

import java.util.Arrays;

/**
 * Distinct-n, a measure of how little a text repeats itself: the mean over texts of the number of
 * distinct n-grams divided by the number of tokens, in [0, 1] (Li et al. 2016, arXiv:1510.03055,
 * taken per sample as in Korbak et al. 2022, arXiv:2206.00761, section 4.2). A text without a token
 * counts as 0.
 */
final class DistinctNgrams {
  private DistinctNgrams() {}

  /** Distinct-n of texts; NaN for no texts. */
  static double mean(Ngrams ngrams, int n) {
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
