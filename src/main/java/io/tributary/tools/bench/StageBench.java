package io.tributary.tools.bench;

import io.tributary.config.TributaryConfig;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.Fingerprint;
import io.tributary.data.RunFailedException;
import io.tributary.data.Sequence;
import io.tributary.data.TensorBytes;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.model.LanguageModel;
import io.tributary.model.ModelDirectory;
import io.tributary.model.ModelTraining;
import io.tributary.model.SequenceScores;
import io.tributary.model.TokenChoiceCost;
import io.tributary.run.assembly.TrainingParts;
import io.tributary.stage.sample.ProposalSampling;
import io.tributary.stage.score.DrawScoring;
import io.tributary.tensor.AdamW;
import io.tributary.tensor.Torch;
import io.tributary.tools.bench.BenchReport.Throughput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Measures each stage alone, in this thread, on the work that a run gives it. Throughput is
 * compared with a peak: the operations per second that one thread reaches in matrix products.
 */
final class StageBench implements AutoCloseable {
  /** Operations per parameter and token: a product and a sum forward, twice that backward. */
  static final int FORWARD = 2;

  static final int FORWARD_AND_BACKWARD = 6;

  private final TributaryConfig config;
  private final double seconds;
  private final TrainingParts parts;
  private final ModelDirectory directory;
  private final List<TensorBytes> weights;
  private final List<Draw> draws = new ArrayList<>();

  /**
   * @param seconds time for each stage
   * @throws io.tributary.data.BadInputException if the model can't be used
   */
  StageBench(TributaryConfig config, double seconds) {
    this.config = config;
    this.seconds = seconds;
    this.parts = new TrainingParts(config);
    this.directory = ModelDirectory.open(config.model().base());
    this.weights = directory.weights();
  }

  /**
   * Median times of one step of sampling, in seconds, without the model's blocks.
   *
   * @param rows tokens that are chosen at once
   * @param productSeconds the product that gives the logits
   * @param softmaxSeconds the softmax alone, of all logits
   * @param choiceSeconds the choice of the tokens, without the product
   */
  record Choice(
      int rows,
      double productSeconds,
      double softmaxSeconds,
      double choiceSeconds,
      double choiceToSoftmaxRatio) {}

  Choice choice() {
    int rows = config.samplers().batchSize();
    try (LanguageModel model = model();
        TokenChoiceCost cost = new TokenChoiceCost(model, rows)) {
      List<Repetition> times =
          Repetition.inTurn(seconds, List.of(cost::product, cost::productAndChoice, cost::softmax));
      double product = times.get(0).median();
      double choice = Math.max(0, times.get(1).median() - product);
      double softmax = times.get(2).median();
      return new Choice(rows, product, softmax, choice, choice / softmax);
    }
  }

  /** Sampling; keeps the draws for the stages after it. */
  Throughput sampling(double peak) {
    try (ProposalSampling sampling = parts.sampling(0)) {
      sampling.takeOver(new WeightSnapshot(new WeightVersion(1, Fingerprint.of(weights)), weights));
      List<Draw> drawn = new ArrayList<>();
      Repetition times =
          Repetition.of(
              seconds,
              () ->
                  drawn.add(
                      sampling.draw(
                          new DrawOrder(
                              drawn.size(),
                              1,
                              DrawOrder.Purpose.TRAINING,
                              config.samplers().batchSize()),
                          () -> {})));
      draws.addAll(drawn.subList(1, drawn.size())); // the first one warmed up
      return throughput(draws, times.total(), FORWARD, peak);
    }
  }

  /** Scoring of what was drawn. */
  Throughput scoring(double peak) {
    try (DrawScoring scoring = parts.scoring(0)) {
      List<Draw> scored = new ArrayList<>();
      Map<String, Double> lambdas = parts.target().lambdas();
      lambdas.replaceAll((feature, lambda) -> 0.0); // how fast it is does not depend on them
      Repetition times =
          Repetition.of(
              seconds,
              () -> {
                Draw draw = draws.get(scored.size() % draws.size());
                if (scoring.score(draw, lambdas, () -> {}).sequences().size()
                    < draw.sequences().size()) {
                  throw new RunFailedException("a feature fails on sequences; see the log");
                }
                scored.add(draw);
              });
      return throughput(scored.subList(1, scored.size()), times.total(), FORWARD, peak);
    }
  }

  /** Gradient steps on what was drawn, with a learning rate of 0. */
  Throughput learning(double peak) {
    List<int[]> tokens =
        Stream.iterate(0, i -> (i + 1) % draws.size())
            .flatMap(i -> draws.get(i).sequences().stream())
            .map(Sequence::tokens)
            .limit(config.learner().batchSize())
            .toList();
    try (LanguageModel model =
            directory.config().model(weights, Torch.device(config.learner().device()));
        ModelTraining training =
            new ModelTraining(model, AdamW.Settings.of(config.learner().optimizer()))) {
      Repetition times = Repetition.of(seconds, () -> step(training, tokens));
      int steps = times.seconds().size();
      long learned = tokens.stream().mapToLong(t -> t.length).sum() * steps;
      return throughput(
          (long) tokens.size() * steps, learned, times.total(), FORWARD_AND_BACKWARD, peak);
    }
  }

  private void step(ModelTraining training, List<int[]> tokens) {
    training.zeroGradients();
    for (int[] rows : SequenceScores.byLength(tokens, config.learner().microBatchSize())) {
      training.accumulate(
          directory.config().beginning(),
          Arrays.stream(rows).mapToObj(tokens::get).toList(),
          config.learner().dropout(),
          logProbs -> logProbs);
    }
    training.update(0, training.gradientNorm(), 0);
  }

  /** Mean number of tokens of what was drawn. */
  double tokensPerSequence() {
    return (double) draws.stream().mapToLong(Draw::tokens).sum()
        / draws.stream().mapToLong(draw -> draw.sequences().size()).sum();
  }

  private LanguageModel model() {
    return directory.config().model(weights, Torch.device(config.samplers().device(0)));
  }

  private Throughput throughput(List<Draw> done, double time, int operations, double peak) {
    long sequences = done.stream().mapToLong(draw -> draw.sequences().size()).sum();
    return throughput(
        sequences, done.stream().mapToLong(Draw::tokens).sum(), time, operations, peak);
  }

  private Throughput throughput(
      long sequences, long tokens, double time, int operations, double peak) {
    return Throughput.of(
        sequences / time,
        tokens / time,
        (double) operations * directory.config().parameters(),
        peak);
  }

  @Override
  public void close() {
    parts.close();
  }
}
