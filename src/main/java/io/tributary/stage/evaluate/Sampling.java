package io.tributary.stage.evaluate;

import io.tributary.data.Seeds;
import io.tributary.model.AncestralSampler;
import io.tributary.model.AncestralSampler.Sampled;
import io.tributary.model.LanguageModel;
import io.tributary.model.SequenceScores;
import io.tributary.model.TextTokenizer;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.SequenceFeatures;
import io.tributary.target.SequenceFeatures.Featured;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Draws samples for evaluations, and scores them with base model and target. Not thread-safe. */
final class Sampling {
  private final EvaluationSettings settings;
  private final LanguageModel base;
  private final TextTokenizer tokenizer;
  private final EnergyBasedModel target;
  private final Runnable progress;
  private long sequences;
  private long tokens;

  /**
   * @param base the base model a, which its owner closes
   * @param progress called after every token of the sequences that are drawn, and after each group
   *     of sequences that is scored
   */
  Sampling(
      EvaluationSettings settings,
      LanguageModel base,
      TextTokenizer tokenizer,
      EnergyBasedModel target,
      Runnable progress) {
    this.settings = settings;
    this.base = base;
    this.tokenizer = tokenizer;
    this.target = target;
    this.progress = progress;
  }

  EvaluationSettings settings() {
    return settings;
  }

  /** Sequences drawn so far. */
  long sequences() {
    return sequences;
  }

  /** Tokens drawn so far. */
  long tokens() {
    return tokens;
  }

  /**
   * Draws samples of a model, and scores them. As in training, those on which a feature fails are
   * dropped.
   *
   * @param source what they are drawn for, for the log
   */
  Samples samples(LanguageModel model, Seeds.Purpose purpose, long stream, String source) {
    List<Sampled> all = draw(model, settings.sequences(), purpose, stream);
    List<Featured> featured =
        new SequenceFeatures(tokenizer, target)
            .of(all.stream().map(Sampled::tokens).toList(), source, settings.rows(), progress);
    List<Sampled> drawn = featured.stream().map(f -> all.get(f.index())).toList();
    List<int[]> tokens = drawn.stream().map(Sampled::tokens).toList();
    return new Samples(
        target,
        tokens,
        featured.stream().map(Featured::text).toList(),
        drawn.stream().mapToDouble(Sampled::logProb).toArray(),
        logProbs(base, tokens),
        featured.stream().map(Featured::values).toArray(double[][]::new));
  }

  /** log m(x) of sequences under a model, in nats. */
  double[] logProbs(LanguageModel model, List<int[]> tokens) {
    return new SequenceScores(model, settings.rows()).logProbs(settings.prefix(), tokens, progress);
  }

  /** Draws {@code n} texts of a model, for people to read. */
  List<String> texts(LanguageModel model, int n, long stream) {
    return draw(model, n, Seeds.Purpose.COMPARISON, stream).stream()
        .map(s -> tokenizer.decode(s.tokens()))
        .toList();
  }

  private List<Sampled> draw(LanguageModel model, int n, Seeds.Purpose purpose, long stream) {
    RandomGenerator random = Seeds.generator(settings.seed(), purpose, stream);
    AncestralSampler sampler = new AncestralSampler(model, settings.sampling());
    List<Sampled> samples = new ArrayList<>(n);
    while (samples.size() < n) {
      int rows = Math.min(settings.rows(), n - samples.size());
      samples.addAll(sampler.draw(settings.prefix(), rows, random, progress));
      sequences += rows;
    }
    tokens += samples.stream().mapToLong(s -> s.tokens().length).sum();
    return samples;
  }
}
