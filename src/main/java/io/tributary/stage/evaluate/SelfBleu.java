package io.tributary.stage.evaluate;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Self-BLEU-n, the similarity of texts to each other: the mean over texts of the BLEU-n of each
 * with all others as references, in [0, 1] (Zhu et al. 2018, arXiv:1802.01886).
 *
 * <p>BLEU is that of Papineni et al. (2002, doi:10.3115/1073083.1073135) for one sentence, with
 * uniform weights 1/n, clipped n-gram precisions, the brevity penalty of the closest reference
 * length (the shorter of two that are equally close) and smoothing method 1 of Chen and Cherry
 * (2014, doi:10.3115/v1/W14-3346): a precision of 0 out of m becomes 0.1 / m, and 0.1 where the
 * text has no n-gram. It is 0 for a text none of whose tokens occurs in another. This equals NLTK's
 * {@code sentence_bleu} with {@code SmoothingFunction().method1}.
 */
/*
 * The count of an n-gram is clipped to its largest count in any other text. That is the largest count
 * over all texts, or the second largest for the text that has the largest. With both known for every
 * n-gram, N texts take time linear in their length instead of N times that.
 */
final class SelfBleu {
  private static final double EPSILON = 0.1;

  private final double[][] logPrecisions; // (n - 1, text)
  private final double[] brevityPenalties;
  private final boolean[] matched;

  /** Compares texts with each other, for BLEU-n up to {@code longest}. */
  SelfBleu(Ngrams ngrams, int longest) {
    logPrecisions = new double[longest][ngrams.texts()];
    brevityPenalties = new double[ngrams.texts()];
    matched = new boolean[ngrams.texts()];
    for (int n = 1; n <= longest; n++) {
      count(ngrams, n);
    }
    for (int i = 0; i < ngrams.texts(); i++) {
      brevityPenalties[i] = brevityPenalty(ngrams.lengths(), i);
    }
  }

  /** Self-BLEU-n; NaN for fewer than two texts, of which none can be compared with another. */
  double mean(int n) {
    int texts = brevityPenalties.length;
    if (texts < 2) {
      return Double.NaN;
    }
    double sum = 0;
    for (int i = 0; i < texts; i++) {
      sum += bleu(n, i);
    }
    return sum / texts;
  }

  private double bleu(int n, int i) {
    if (!matched[i]) {
      return 0;
    }
    double logMean = 0;
    for (int m = 0; m < n; m++) {
      logMean += logPrecisions[m][i] / n;
    }
    return brevityPenalties[i] * Math.exp(logMean);
  }

  private void count(Ngrams ngrams, int n) {
    LargestCounts largest = new LargestCounts(ngrams.different(n));
    for (int i = 0; i < ngrams.texts(); i++) {
      int text = i;
      counts(ngrams.of(n, i)).forEach((id, count) -> largest.add(id, count.intValue(), text));
    }
    for (int i = 0; i < ngrams.texts(); i++) {
      int text = i;
      long clipped =
          counts(ngrams.of(n, i)).entrySet().stream()
              .mapToLong(e -> Math.min(e.getValue(), largest.inOthers(e.getKey(), text)))
              .sum();
      double denominator = Math.max(1, ngrams.of(n, i).length);
      logPrecisions[n - 1][i] = Math.log((clipped == 0 ? EPSILON : clipped) / denominator);
      if (n == 1) {
        matched[i] = clipped > 0;
      }
    }
  }

  private static Map<Integer, Long> counts(int[] ids) {
    return Arrays.stream(ids)
        .boxed()
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  /** exp(1 - r/c) where the text of length c is shorter than the closest other, of length r. */
  private static double brevityPenalty(int[] lengths, int i) {
    int length = lengths[i];
    int closest = Integer.MAX_VALUE;
    for (int j = 0; j < lengths.length; j++) {
      int distance = Math.abs(lengths[j] - length);
      int least = Math.abs(closest - length);
      if (j != i && (distance < least || (distance == least && lengths[j] < closest))) {
        closest = lengths[j];
      }
    }
    return length > closest ? 1 : Math.exp(1 - (double) closest / length);
  }

  /**
   * For every n-gram, the largest count in any text, the text that has it, and the second largest.
   */
  private static final class LargestCounts {
    private final int[] largest;
    private final int[] owner;
    private final int[] second;

    LargestCounts(int different) {
      largest = new int[different];
      owner = new int[different];
      second = new int[different];
    }

    void add(int id, int count, int text) {
      if (count > largest[id]) {
        second[id] = largest[id];
        largest[id] = count;
        owner[id] = text;
      } else {
        second[id] = Math.max(second[id], count);
      }
    }

    int inOthers(int id, int text) {
      return owner[id] == text ? second[id] : largest[id];
    }
  }
}
