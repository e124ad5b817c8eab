package io.tributary.testing.model;

import io.tributary.model.AncestralSampler;
import io.tributary.model.LanguageModel;
import io.tributary.model.SamplingSettings;
import io.tributary.model.SequenceScores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** All sequences of a tiny model with the probability that they are to be drawn with. */
public final class Enumeration {
  private final LanguageModel model;
  private final SamplingSettings settings;
  private final SequenceScores scores;

  private Enumeration(LanguageModel model, SamplingSettings settings) {
    this.model = model;
    this.settings = settings;
    this.scores = new SequenceScores(model, 1024);
  }

  /**
   * log-probabilities of all sequences that can be drawn behind {@code prefix}, computed from
   * teacher-forced log-probabilities of single tokens.
   */
  public static Map<List<Integer>, Double> logProbs(
      LanguageModel model, int[] prefix, SamplingSettings settings) {
    Map<List<Integer>, Double> all = new LinkedHashMap<>();
    new Enumeration(model, settings).extend(prefix, List.of(), 0, all);
    return all;
  }

  private void extend(
      int[] prefix, List<Integer> tokens, double logProb, Map<List<Integer>, Double> all) {
    boolean ended =
        settings.stopAtEos()
            && !tokens.isEmpty()
            && model.config().endTokens().contains(tokens.get(tokens.size() - 1));
    if (ended || tokens.size() == settings.maxLength()) {
      all.put(tokens, logProb);
      return;
    }
    double[] next = next(context(prefix, tokens));
    for (int token = 0; token < next.length; token++) {
      if (next[token] > 0) {
        List<Integer> longer = new ArrayList<>(tokens);
        longer.add(token);
        extend(prefix, longer, logProb + Math.log(next[token]), all);
      }
    }
  }

  /** Probabilities of the next token: temperature, then top-k, then top-p, renormalised. */
  private double[] next(int[] context) {
    double[] p = next(scores, model.config().vocabulary(), context);
    return truncate(p, settings);
  }

  /** The model's own probabilities of the next token. */
  public static double[] next(SequenceScores scores, int vocabulary, int[] context) {
    List<int[]> single = IntStream.range(0, vocabulary).mapToObj(t -> new int[] {t}).toList();
    return Arrays.stream(scores.logProbs(context, single)).map(Math::exp).toArray();
  }

  /** What the settings make of probabilities. */
  public static double[] truncate(double[] probabilities, SamplingSettings settings) {
    double[] p =
        Arrays.stream(probabilities).map(v -> Math.pow(v, 1 / settings.temperature())).toArray();
    int[] order =
        IntStream.range(0, p.length)
            .boxed()
            .sorted((a, b) -> Double.compare(p[b], p[a]))
            .mapToInt(Integer::intValue)
            .toArray();
    int k = settings.topK() > 0 ? Math.min(settings.topK(), p.length) : p.length;
    double total = Arrays.stream(order).limit(k).mapToDouble(i -> p[i]).sum();
    double[] kept = new double[p.length];
    double reached = 0;
    for (int j = 0; j < k && reached < settings.topP() * total; j++) {
      kept[order[j]] = p[order[j]];
      reached += p[order[j]];
    }
    double sum = reached;
    return Arrays.stream(kept).map(v -> v / sum).toArray();
  }

  private static int[] context(int[] prefix, List<Integer> tokens) {
    return IntStream.concat(Arrays.stream(prefix), tokens.stream().mapToInt(Integer::intValue))
        .toArray();
  }

  /**
   * Pearson's statistic of drawn sequences in standard deviations above its mean; cells that expect
   * fewer than ten are taken together.
   */
  public static double chiSquareExcess(
      Map<List<Integer>, Double> logProbs, List<AncestralSampler.Sampled> drawn) {
    Map<List<Integer>, Integer> counts = new HashMap<>();
    drawn.forEach(s -> counts.merge(tokens(s), 1, Integer::sum));
    double statistic = 0;
    int cells = 0;
    double restExpected = 0;
    double restCount = 0;
    for (Map.Entry<List<Integer>, Double> entry : logProbs.entrySet()) {
      double expected = drawn.size() * Math.exp(entry.getValue());
      int count = Objects.requireNonNullElse(counts.get(entry.getKey()), 0);
      if (expected < 10) {
        restExpected += expected;
        restCount += count;
      } else {
        statistic += Math.pow(count - expected, 2) / expected;
        cells++;
      }
    }
    if (restExpected > 1) {
      statistic += Math.pow(restCount - restExpected, 2) / restExpected;
      cells++;
    }
    double freedom = cells - 1.0;
    return (statistic - freedom) / Math.sqrt(2 * freedom);
  }

  /** The tokens of a drawn sequence as a key. */
  public static List<Integer> tokens(AncestralSampler.Sampled sampled) {
    return Arrays.stream(sampled.tokens()).boxed().toList();
  }
}
