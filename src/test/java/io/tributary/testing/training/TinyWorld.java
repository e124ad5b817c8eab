package io.tributary.testing.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.tributary.config.target.FeatureConfig;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.ScoredDraw;
import io.tributary.data.ScoredSequence;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.model.DecoderConfig;
import io.tributary.model.LanguageModel;
import io.tributary.model.SamplingSettings;
import io.tributary.model.SequenceScores;
import io.tributary.model.TextTokenizer;
import io.tributary.model.guide.TokenGuide;
import io.tributary.stage.evaluate.EvaluationSettings;
import io.tributary.stage.evaluate.PolicyEvaluation;
import io.tributary.stage.sample.ProposalSampling;
import io.tributary.stage.score.DrawScoring;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.Factor;
import io.tributary.target.feature.Feature;
import io.tributary.target.feature.Features;
import io.tributary.target.feature.Text;
import io.tributary.testing.model.Enumeration;
import io.tributary.testing.model.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A base model of six tokens and all 781 sequences of at most four, whose texts are all different,
 * with a target P(x) = a(x) b(x).
 */
public final class TinyWorld implements AutoCloseable {
  public static final int LENGTH = 4;
  public static final SamplingSettings SETTINGS = SamplingSettings.plain(LENGTH, true);
  public static final List<String> WORDS = List.of("red", "green", "blue", "one", "two");
  private static final long SEED = 11;

  public final DecoderConfig config;
  public final int[] prefix;
  public final TextTokenizer tokenizer;
  public final LanguageModel base;
  public final EnergyBasedModel target;
  public final List<int[]> sequences;
  public final List<String> texts;
  public final double[] logBases;
  public final double[] logTargets;

  /**
   * @param directory where the tokenizer's file is written
   * @param width of the models
   * @param chosen b(x) as a function of the text
   */
  public TinyWorld(Path directory, int width, Predicate<String> chosen) throws IOException {
    this(directory, width, new Factor.Required(new Chosen(chosen)));
  }

  private TinyWorld(Path directory, int width, Factor factor) throws IOException {
    config = TinyModels.config(2, 2, width, LENGTH, WORDS.size() + 1, WORDS.size());
    prefix = config.beginning();
    tokenizer = TextTokenizer.read(Files.writeString(directory.resolve("words.json"), words()));
    base = model(SEED);
    target = new EnergyBasedModel(List.of(factor));
    sequences =
        Enumeration.logProbs(base, prefix, SETTINGS).keySet().stream()
            .map(tokens -> tokens.stream().mapToInt(Integer::intValue).toArray())
            .toList();
    texts = sequences.stream().map(tokenizer::decode).toList();
    logBases = logProbs(base);
    logTargets =
        IntStream.range(0, sequences.size())
            .mapToDouble(
                i ->
                    target.logTarget(
                        logBases[i],
                        target
                            .featureValues(
                                List.of(new Text(texts.get(i), sequences.get(i).length)))[0]))
            .toArray();
  }

  private record Chosen(Predicate<String> chosen) implements Feature {
    @Override
    public String name() {
      return "chosen";
    }

    @Override
    public double value(Text text) {
      return chosen.test(text.text()) ? 1 : 0;
    }
  }

  /** With all sequences that have one of the words, which is decided before they end. */
  public static TinyWorld word(Path directory, String word) throws IOException {
    Feature feature = Features.of(word, new FeatureConfig.Word(word, false));
    return new TinyWorld(directory, 8, new Factor.Required(feature));
  }

  /** With P(x) = a(x) exp(lambda b(x)), so that every sequence can be had. */
  public static TinyWorld tilted(Path directory, int width, Predicate<String> chosen, double lambda)
      throws IOException {
    return new TinyWorld(
        directory, width, new Factor.Tilted(new Chosen(chosen), Double.NaN, lambda));
  }

  /** With an arbitrary subset of the sequences, about a quarter of them. */
  public static TinyWorld arbitrary(Path directory) throws IOException {
    Random random = new Random(SEED);
    Set<Integer> hashes =
        IntStream.range(0, 1 << 16)
            .filter(i -> random.nextInt(4) == 0)
            .boxed()
            .collect(Collectors.toSet());
    return new TinyWorld(directory, 8, text -> hashes.contains(text.hashCode() & 0xffff));
  }

  /** A model of the same shape with weights that this seed decides. */
  public LanguageModel model(long seed) {
    return TinyModels.random(config, seed, 0.15);
  }

  /** A model with the weights of another. */
  public LanguageModel copy(LanguageModel model) {
    return config.model(model.snapshot(), Device.cpu());
  }

  /** log m(x) of every sequence. */
  public double[] logProbs(LanguageModel model) {
    return new SequenceScores(model, 1024).logProbs(prefix, sequences);
  }

  public double z() {
    return Arrays.stream(logTargets).map(Math::exp).sum();
  }

  /** Mass of the chosen sequences under a model, from log m(x) of every sequence. */
  public double chosenMass(double[] logProbs) {
    return IntStream.range(0, logProbs.length)
        .filter(i -> logTargets[i] > Double.NEGATIVE_INFINITY)
        .mapToDouble(i -> Math.exp(logProbs[i]))
        .sum();
  }

  /** p(x) of every sequence. */
  public double[] target() {
    double z = z();
    return Arrays.stream(logTargets).map(l -> Math.exp(l) / z).toArray();
  }

  /** KL(m || n) = sum m (log m - log n), for probabilities m. */
  public static double kl(double[] probabilities, double[] logProbs) {
    double kl = 0;
    for (int i = 0; i < probabilities.length; i++) {
      if (probabilities[i] > 0) {
        kl += probabilities[i] * (Math.log(probabilities[i]) - logProbs[i]);
      }
    }
    return kl;
  }

  /** KL(p || pi) of a policy. */
  public double klFromTarget(LanguageModel policy) {
    return kl(target(), logProbs(policy));
  }

  /** Index of a sequence by its tokens. */
  public int indexOf(int[] tokens) {
    return IntStream.range(0, sequences.size())
        .filter(i -> Arrays.equals(sequences.get(i), tokens))
        .findFirst()
        .orElseThrow();
  }

  /** A sampler's copy of a proposal, drawing {@code rows} sequences at a time. */
  public ProposalSampling sampling(int rows, LanguageModel proposal, long version) {
    ProposalSampling sampling =
        new ProposalSampling(config, Device.cpu(), rows, prefix, SETTINGS, TokenGuide.NONE, SEED);
    sampling.takeOver(snapshot(proposal, version));
    return sampling;
  }

  /** A draw to train on, with any version of the proposal. */
  public static DrawOrder order(long number, int sequences) {
    return new DrawOrder(number, 0, DrawOrder.Purpose.TRAINING, sequences);
  }

  public static WeightSnapshot snapshot(LanguageModel model, long version) {
    return new WeightSnapshot(new WeightVersion(version, "given"), model.snapshot());
  }

  public DrawScoring scoring() {
    return new DrawScoring(
        copy(base),
        tokenizer,
        target,
        prefix,
        1024,
        1000,
        DrawScoring.Detail.DECISIONS,
        TokenGuide.NONE);
  }

  /** Scores a draw of which no sequence may fail. */
  public List<ScoredSequence> score(DrawScoring scoring, Draw draw) {
    ScoredDraw scored = scoring.score(draw, target.lambdas(), () -> {});
    assertThat(scored.dropped()).isZero();
    return scored.sequences();
  }

  public PolicyEvaluation evaluation(int samples) {
    return new PolicyEvaluation(
        new EvaluationSettings(samples, 1000, prefix, SETTINGS, SEED),
        copy(base),
        copy(base),
        tokenizer,
        target,
        () -> {});
  }

  @Override
  public void close() {
    base.close();
  }

  private static String words() {
    String vocabulary =
        IntStream.range(0, WORDS.size())
            .mapToObj(i -> "\"%s\": %d".formatted(WORDS.get(i), i))
            .collect(Collectors.joining(", "));
    return """
    {
      "version": "1.0",
      "added_tokens": [{"id": %d, "content": "<end>", "special": true, "single_word": false,
          "lstrip": false, "rstrip": false, "normalized": false}],
      "pre_tokenizer": {"type": "Whitespace"},
      "model": {"type": "WordLevel", "unk_token": "red", "vocab": {%s, "<end>": %d}}
    }
    """
        .formatted(WORDS.size(), vocabulary, WORDS.size());
  }
}
