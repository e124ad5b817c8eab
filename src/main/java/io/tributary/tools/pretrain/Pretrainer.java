package io.tributary.tools.pretrain;

import io.tributary.config.PretrainConfig;
import io.tributary.data.BadInputException;
import io.tributary.data.Seeds;
import io.tributary.data.Seeds.Purpose;
import io.tributary.model.LanguageModel;
import io.tributary.model.ModelTraining;
import io.tributary.model.SequenceScores;
import io.tributary.model.TextTokenizer;
import io.tributary.tensor.AdamW;
import io.tributary.tensor.LearningRate;
import io.tributary.tensor.Torch;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Trains a base model on text by maximum likelihood: the loss of a step is the mean of -log a(x_t |
 * x_{1..t-1}) over its tokens.
 */
public final class Pretrainer implements AutoCloseable {
  /** The second moment decays faster than by default, as is usual for language models. */
  private static final double BETA2 = 0.98;

  private static final int SCORING_ROWS = 64;

  private final PretrainConfig config;
  private final OutputDirectory output;
  private final PretrainingData data;
  private final TokenBatches batches;
  private final LanguageModel model;
  private final ModelTraining training;
  private final LearningRate learningRate;
  private final int[] prefix;

  /**
   * Progress of pretraining.
   *
   * @param step steps done
   * @param steps steps in all
   * @param loss mean loss of the training text since the last report, in nats per token
   * @param heldOutPerplexity perplexity per token of the held-out text, if measured after this step
   * @param learningRate of the last step
   * @param tokensPerSecond tokens learned per second since the last report, padding not counted
   * @param remaining expected time for the steps left
   */
  public record Progress(
      long step,
      long steps,
      double loss,
      OptionalDouble heldOutPerplexity,
      double learningRate,
      double tokensPerSecond,
      Duration remaining) {}

  private Pretrainer(
      PretrainConfig config, OutputDirectory output, PretrainingData data, LanguageModel model) {
    this.config = config;
    this.output = output;
    this.data = data;
    this.model = model;
    this.batches =
        new TokenBatches(
            data.training(), config.batchSequences(), config.microBatchSize(), config.seed());
    this.training =
        new ModelTraining(model, new AdamW.Settings(0.9, BETA2, 1e-8, config.weightDecay()));
    this.learningRate =
        new LearningRate(
            config.learningRate(), config.warmupSteps(), config.schedule(), config.steps());
    this.prefix = model.config().beginning();
  }

  /**
   * Reads all that training needs, and creates the output directory. The engine must be loaded.
   *
   * @throws BadInputException if the output directory holds a model or can't be written, or if a
   *     text, the tokenizer or the model to start from can't be used
   */
  public static Pretrainer open(PretrainConfig config) {
    InitialWeights start = InitialWeights.of(config);
    OutputDirectory output = OutputDirectory.claim(config.output(), config.dtype(), start);
    TextTokenizer tokenizer = output.write(start.tokenizer());
    PretrainingData data =
        PretrainingData.read(config, tokenizer, start.model().endTokens().get(0));
    LanguageModel model = start.model().model(start.weights(), Torch.device(config.device()));
    return new Pretrainer(config, output, data, model);
  }

  /** How much is trained on how much text, repeats included. */
  public String size() {
    return "%,d parameters, %,d sequences of %,d tokens to train on, %,d held out"
        .formatted(
            model.config().parameters(),
            data.training().size(),
            tokens(data.training()),
            data.heldOut().size());
  }

  /**
   * Trains until the last step, or until it is stopped.
   *
   * @param listener called after every step
   * @param stopped asked before every step
   * @return number of steps done
   * @throws IllegalStateException if the gradient is not finite
   */
  public long run(Consumer<Progress> listener, BooleanSupplier stopped) {
    Pace pace = new Pace(config.steps(), System::nanoTime);
    long step = 0;
    for (; step < config.steps() && !stopped.getAsBoolean(); step++) {
      List<List<int[]>> microBatches = batches.step(step);
      double rate = learningRate.at(step);
      int tokens = microBatches.stream().mapToInt(m -> (int) tokens(m)).sum();
      pace.add(learn(step, microBatches, tokens, rate), tokens);
      boolean reports =
          (step + 1) % config.reportIntervalSteps() == 0 || step + 1 == config.steps();
      listener.accept(
          pace.progress(
              step + 1, rate, reports ? OptionalDouble.of(perplexity()) : OptionalDouble.empty()));
      if (reports) {
        pace.restart();
      }
    }
    return step;
  }

  /** Perplexity per token of the held-out text. */
  double perplexity() {
    double[] logProbs = new SequenceScores(model, SCORING_ROWS).logProbs(prefix, data.heldOut());
    return Math.exp(-Arrays.stream(logProbs).sum() / tokens(data.heldOut()));
  }

  /**
   * Writes the model as it is to the output directory.
   *
   * @throws UncheckedIOException if it can't be written, saying where it is instead
   */
  public void save() {
    output.save(model);
  }

  /** One step of AdamW; returns the loss summed over its tokens. */
  private double learn(long step, List<List<int[]>> microBatches, int tokens, double rate) {
    training.zeroGradients();
    double logProb = 0;
    for (int i = 0; i < microBatches.size(); i++) {
      if (config.dropout() > 0) {
        Torch.seed(Seeds.seed(config.seed(), Purpose.DROPOUT, step, i));
      }
      List<int[]> sequences = microBatches.get(i);
      double[] coefficients = new double[sequences.size()];
      Arrays.fill(coefficients, 1.0 / tokens);
      double[] logProbs =
          training.accumulate(prefix, sequences, config.dropout(), ignored -> coefficients);
      logProb += Arrays.stream(logProbs).sum();
    }
    double norm = training.gradientNorm();
    if (!Double.isFinite(norm)) {
      throw new IllegalStateException(
          "the gradient of step %d is not finite (its norm is %s); a lower pretrain.learning-rate than %s helps"
              .formatted(step + 1, norm, config.learningRate()));
    }
    training.update(rate, norm, config.maxGradNorm());
    return -logProb;
  }

  private static long tokens(List<int[]> sequences) {
    return sequences.stream().mapToLong(tokens -> tokens.length).sum();
  }

  @Override
  public void close() {
    training.close();
    model.close();
  }
}
