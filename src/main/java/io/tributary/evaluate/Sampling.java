package io.tributary.evaluate;

import io.tributary.model.AncestralSampler;
import io.tributary.model.AncestralSampler.Sampled;
import io.tributary.model.Gpt;
import io.tributary.model.SamplingSettings;
import io.tributary.model.SequenceScores;
import io.tributary.model.TextTokenizer;
import io.tributary.target.Feature;
import io.tributary.target.Target;
import io.tributary.target.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Draws samples for evaluations, and finds out what base model and target say of them. For one
 * thread.
 */
final class Sampling {

  /**
   * How samples are drawn.
   *
   * @param rows samples that are computed at once
   * @param prefix tokens that every sequence follows
   * @param settings how tokens are chosen
   */
  record Plan(int rows, int[] prefix, SamplingSettings settings) {}

  private final Plan plan;
  private final Gpt base;
  private final TextTokenizer tokenizer;
  private final Target target;

  /**
   * @param base the base model a, which its owner closes
   */
  Sampling(Plan plan, Gpt base, TextTokenizer tokenizer, Target target) {
    this.plan = plan;
    this.base = base;
    this.tokenizer = tokenizer;
    this.target = target;
  }

  Target target() {
    return target;
  }

  /** Names of the target's features. */
  List<String> features() {
    return target.features().stream().map(Feature::name).toList();
  }

  /** Draws {@code n} samples of a model, and asks base model and target about them. */
  Samples samples(Gpt model, int n, RandomGenerator random) {
    List<Sampled> drawn = draw(model, n, random);
    List<int[]> tokens = drawn.stream().map(Sampled::tokens).toList();
    List<Text> texts = tokens.stream().map(t -> new Text(tokenizer.decode(t), t.length)).toList();
    double[] logBases = logProbs(base, tokens);
    double[][] features = target.featureValues(texts);
    double[] logProbs = drawn.stream().mapToDouble(Sampled::logProb).toArray();
    return new Samples(tokens, texts, logProbs, logBases, features);
  }

  /** log m(x) of sequences under a model, in nats. */
  double[] logProbs(Gpt model, List<int[]> tokens) {
    return new SequenceScores(model, plan.rows()).logProbs(plan.prefix(), tokens);
  }

  /** Draws {@code n} texts of a model. */
  List<String> texts(Gpt model, int n, RandomGenerator random) {
    return draw(model, n, random).stream().map(s -> tokenizer.decode(s.tokens())).toList();
  }

  private List<Sampled> draw(Gpt model, int n, RandomGenerator random) {
    AncestralSampler sampler = new AncestralSampler(model, plan.settings());
    List<Sampled> samples = new ArrayList<>(n);
    while (samples.size() < n) {
      int rows = Math.min(plan.rows(), n - samples.size());
      samples.addAll(sampler.draw(plan.prefix(), rows, random, () -> {}));
    }
    return samples;
  }
}
