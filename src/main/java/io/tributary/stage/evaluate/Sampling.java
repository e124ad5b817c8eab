package io.tributary.stage.evaluate;

import io.tributary.model.AncestralSampler;
import io.tributary.model.AncestralSampler.Sampled;
import io.tributary.model.LanguageModel;
import io.tributary.model.SamplingSettings;
import io.tributary.model.SequenceScores;
import io.tributary.model.TextTokenizer;
import io.tributary.target.Target;
import io.tributary.target.feature.Feature;
import io.tributary.target.feature.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws samples for evaluations, and finds out what base model and target say of them. For one
 * thread.
 */
final class Sampling {
  private static final Logger LOG = LoggerFactory.getLogger(Sampling.class);

  /**
   * How samples are drawn.
   *
   * @param rows samples that are computed at once
   * @param prefix tokens that every sequence follows
   * @param settings how tokens are chosen
   */
  record Plan(int rows, int[] prefix, SamplingSettings settings) {}

  private final Plan plan;
  private final LanguageModel base;
  private final TextTokenizer tokenizer;
  private final Target target;
  private final Runnable progress;
  private long sequences;
  private long tokens;

  /**
   * @param base the base model a, which its owner closes
   * @param progress called after every token of the sequences that are drawn, and after each group
   *     of sequences that is scored
   */
  Sampling(
      Plan plan, LanguageModel base, TextTokenizer tokenizer, Target target, Runnable progress) {
    this.plan = plan;
    this.base = base;
    this.tokenizer = tokenizer;
    this.target = target;
    this.progress = progress;
  }

  Target target() {
    return target;
  }

  /** Sequences drawn so far. */
  long sequences() {
    return sequences;
  }

  /** Tokens drawn so far. */
  long tokens() {
    return tokens;
  }

  /** Names of the target's features. */
  List<String> features() {
    return target.features().stream().map(Feature::name).toList();
  }

  /**
   * Draws {@code n} samples of a model, and asks base model and target about them. As in training,
   * those on which a feature fails are left out.
   */
  Samples samples(LanguageModel model, int n, RandomGenerator random) {
    List<Sampled> all = draw(model, n, random);
    List<Text> allTexts =
        all.stream().map(s -> new Text(tokenizer.decode(s.tokens()), s.tokens().length)).toList();
    SortedMap<Integer, double[]> features =
        target.featureValues(
            allTexts,
            (j, e) ->
                LOG.warn("a sample is left out, a feature failed on it: {}", allTexts.get(j), e));
    List<Sampled> drawn = features.keySet().stream().map(all::get).toList();
    List<int[]> tokens = drawn.stream().map(Sampled::tokens).toList();
    return new Samples(
        tokens,
        features.keySet().stream().map(allTexts::get).toList(),
        drawn.stream().mapToDouble(Sampled::logProb).toArray(),
        logProbs(base, tokens),
        features.values().toArray(double[][]::new));
  }

  /** log m(x) of sequences under a model, in nats. */
  double[] logProbs(LanguageModel model, List<int[]> tokens) {
    return new SequenceScores(model, plan.rows()).logProbs(plan.prefix(), tokens, progress);
  }

  /** Draws {@code n} texts of a model. */
  List<String> texts(LanguageModel model, int n, RandomGenerator random) {
    return draw(model, n, random).stream().map(s -> tokenizer.decode(s.tokens())).toList();
  }

  private List<Sampled> draw(LanguageModel model, int n, RandomGenerator random) {
    AncestralSampler sampler = new AncestralSampler(model, plan.settings());
    List<Sampled> samples = new ArrayList<>(n);
    while (samples.size() < n) {
      int rows = Math.min(plan.rows(), n - samples.size());
      samples.addAll(sampler.draw(plan.prefix(), rows, random, progress));
    }
    sequences += n;
    tokens += samples.stream().mapToLong(s -> s.tokens().length).sum();
    return samples;
  }
}
