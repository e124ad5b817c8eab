package io.tributary.stage.learn.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.config.TributaryConfig;
import io.tributary.data.Batch;
import io.tributary.data.RunFailedException;
import io.tributary.data.ScoredSequence;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.model.Gradients;
import io.tributary.model.LanguageModel;
import io.tributary.model.ModelTraining;
import io.tributary.model.guide.TokenGuide;
import io.tributary.objective.BatchValues;
import io.tributary.objective.KlPenalty;
import io.tributary.objective.Objective;
import io.tributary.objective.Reward;
import io.tributary.objective.RunningEstimates;
import io.tributary.objective.estimate.ClippedWeights;
import io.tributary.objective.estimate.ControlFit;
import io.tributary.objective.estimate.Diagnostics;
import io.tributary.objective.estimate.PartitionFunction;
import io.tributary.objective.estimate.ReplacementWindow;
import io.tributary.objective.estimate.RunningMean;
import io.tributary.objective.estimate.WeightTails;
import io.tributary.stage.learn.TinyTraining;
import io.tributary.stage.sample.ProposalSampling;
import io.tributary.stage.score.DrawScoring;
import io.tributary.tensor.AdamW;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.TinyModels;
import io.tributary.testing.training.PartitionFunctions;
import io.tributary.testing.training.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TorchExtension.class)
class PolicyTrainerTest {
  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.999, 1e-8, 0);
  private static final Reward HARD = new Reward(new int[0], new double[0], true);
  private static final RunningEstimates NOTHING =
      new RunningEstimates(PartitionFunctions.running().estimate(), 0);
  @TempDir private static Path shared;
  private static TinyWorld world;
  private static LanguageModel policy;
  private static List<ScoredSequence> bootstrap;
  private static Batch.Training batch;

  @TempDir Path directory;

  @BeforeAll
  static void drawABatch() throws IOException {
    world = TinyWorld.arbitrary(shared);
    policy = world.model(12);
    try (LanguageModel proposal = world.model(13);
        ProposalSampling sampling = world.sampling(64, proposal, 1);
        DrawScoring scoring = world.scoring()) {
      bootstrap = world.score(scoring, sampling.draw(TinyWorld.order(0, 64), () -> {}));
      batch =
          new Batch.Training(
              world.score(scoring, sampling.draw(TinyWorld.order(1, 64), () -> {})), 2);
    }
  }

  @AfterAll
  static void closeModels() {
    policy.close();
    world.close();
  }

  /** The gradient of one step, what it measured, and whether it was made. */
  private record Outcome(
      double[] gradient,
      Measurements measurements,
      boolean finite,
      boolean moved,
      long updates,
      int signsOfLife) {}

  private Outcome learn(Map<String, String> overrides) throws IOException {
    return learn(policy, 5, overrides);
  }

  private Outcome learn(LanguageModel start, long step, Map<String, String> overrides)
      throws IOException {
    Map<String, String> settings = new HashMap<>(overrides);
    settings.put("learner.optimizer.learning-rate", "1e-3");
    settings.put("objective.credit", "sequence");
    TributaryConfig config = TinyTraining.config(directory, settings);
    try (LanguageModel model = world.copy(start);
        ModelTraining training = new ModelTraining(model, SETTINGS)) {
      PolicyTrainer trainer =
          new PolicyTrainer(
              training,
              null,
              TokenGuide.NONE,
              config,
              world.prefix,
              List.of("chosen"),
              new PolicyTrainer.Estimators(
                  PartitionFunctions.running(),
                  RunningMean.create(),
                  ReplacementWindow.create(config.proposal(), 1),
                  WeightTails.create(),
                  new ControlFit(ControlFit.State.EMPTY),
                  new ClippedWeights(ClippedWeights.State.EMPTY),
                  new KlPenalty(config.objective())));
      trainer.bootstrap(new Batch.Bootstrap(bootstrap, 1));
      AtomicInteger signs = new AtomicInteger();
      PolicyTrainer.Step result = trainer.learn(step, batch, signs::incrementAndGet);
      boolean moved =
          !io.tributary.data.Fingerprint.of(model.snapshot())
              .equals(io.tributary.data.Fingerprint.of(start.snapshot()));
      return new Outcome(
          Gradients.of(training),
          result.measurements(),
          result.finite(),
          moved,
          training.optimizer().updates(),
          signs.get());
    }
  }

  @Test
  void everyGroupOfEitherPassIsASignOfLife() throws IOException {
    int sequences = batch.sequences().size();
    String half = String.valueOf(sequences / 2);
    assertThat(learn(Map.of("learner.micro-batch-size", half)).signsOfLife()).isEqualTo(2);
    assertThat(
            learn(Map.of("learner.micro-batch-size", half, "learner.dropout", "0.1")).signsOfLife())
        .as("with a pass without dropout before")
        .isEqualTo(4);
  }

  /** The gradient of the batch's loss computed at once, with the Z of these sequences. */
  private static double[] gradientWithZOf(List<ScoredSequence> ofZ, Objective objective) {
    return gradientWithZOf(ofZ, batch.sequences(), objective);
  }

  private static double[] gradientWithZOf(
      List<ScoredSequence> ofZ, List<ScoredSequence> sequences, Objective objective) {
    PartitionFunction z = PartitionFunctions.running();
    z.add(ofZ.stream().mapToDouble(ScoredSequence::logWeight).toArray());
    BatchArrays arrays = BatchArrays.of(sequences, HARD);
    try (LanguageModel model = world.copy(policy);
        ModelTraining training = new ModelTraining(model, SETTINGS)) {
      training.accumulate(
          world.prefix,
          arrays.tokens(),
          0,
          logPolicies -> {
            BatchValues values = arrays.values(logPolicies, new RunningEstimates(z.estimate(), 0));
            double[] c = objective.coefficients(values, objective.levels(values));
            for (int i = 0; i < c.length; i++) {
              c[i] /= c.length;
            }
            return c;
          });
      return Gradients.of(training);
    }
  }

  private static Map<Measurements.Key, Double> present(Measurements measurements) {
    Map<Measurements.Key, Double> present = measurements.values();
    present.values().removeIf(value -> value.isNaN());
    return present;
  }

  @ParameterizedTest
  @ValueSource(strings = {"gdc++", "gdc"})
  void theVarianceOfTheGradientIsThatOfTheGradientsOfSingleSequences(String type)
      throws IOException {
    Map<String, String> settings =
        Map.of(
            "objective.type", type,
            "diagnostics.gradient-variance-interval-steps", "3",
            "diagnostics.gradient-variance-sequences", "20",
            "learner.micro-batch-size", "7");
    Objective objective = Objective.of(TinyTraining.config(directory, settings).objective());
    double[][] gradients =
        batch.sequences().stream()
            .limit(20)
            .map(sequence -> gradientWithZOf(bootstrap, List.of(sequence), objective))
            .toArray(double[][]::new);
    double variance = 0;
    for (int i = 0; i < gradients[0].length; i++) {
      int component = i;
      variance +=
          Diagnostics.variance(Stream.of(gradients).mapToDouble(g -> g[component]).toArray());
    }
    assertThat(variance).isPositive();
    assertThat(learn(policy, 5, settings).measurements().get(Metric.GRADIENT_VARIANCE))
        .isCloseTo(variance, within(1e-4 * variance));
    assertThat(learn(policy, 6, settings).measurements().get(Metric.GRADIENT_VARIANCE)).isNaN();
    assertThat(learn(Map.of()).measurements().get(Metric.GRADIENT_VARIANCE)).isNaN();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0.2"})
  void measuringTheVarianceChangesNeitherGradientNorDropout(String dropout) throws IOException {
    Outcome without = learn(Map.of("learner.dropout", dropout));
    Outcome with =
        learn(
            Map.of(
                "learner.dropout", dropout, "diagnostics.gradient-variance-interval-steps", "1"));
    assertThat(with.measurements().get(Metric.GRADIENT_VARIANCE)).isPositive();
    assertThat(with.gradient()).isEqualTo(without.gradient());
    assertThat(with.updates()).isEqualTo(without.updates());
    Map<Measurements.Key, Double> others = with.measurements().values();
    others.remove(new Measurements.Key(Metric.GRADIENT_VARIANCE, List.of()));
    assertThat(others).isEqualTo(without.measurements().values());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gdc++", "gdc", "reinforce", "kl-control", "f-divergence"})
  void microBatchesDoNotChangeTheResult(String objective) throws IOException {
    Map<String, String> settings = new HashMap<>(TinyTraining.objective(objective));
    Outcome whole = learn(settings);
    assertThat(whole.finite()).isTrue();
    assertThat(whole.moved()).isTrue();
    for (String size : List.of("1", "7", "63")) {
      settings.put("learner.micro-batch-size", size);
      Outcome parts = learn(settings);
      assertSame(parts.gradient(), whole.gradient());
      present(parts.measurements())
          .forEach(
              (key, value) ->
                  assertThat(value)
                      .as(key.toString())
                      .isEqualTo(
                          whole.measurements().values().get(key),
                          within(1e-4 * Math.max(1, Math.abs(value)))));
    }
  }

  @Test
  void aBatchIsLearnedWithTheZOfTheBatchesBeforeIt() throws IOException {
    Outcome outcome = learn(Map.of("objective.type", "gdc++"));
    Objective objective = new io.tributary.objective.Gdc(true, false);
    assertSame(outcome.gradient(), gradientWithZOf(bootstrap, objective));

    List<ScoredSequence> both = new java.util.ArrayList<>(bootstrap);
    both.addAll(batch.sequences());
    double[] later = gradientWithZOf(both, objective);
    assertThat(distance(later, outcome.gradient()) / norm(later)).isGreaterThan(1e-2);
    double mean = both.stream().mapToDouble(s -> Math.exp(s.logWeight())).average().orElseThrow();
    assertThat(outcome.measurements().get(Metric.PARTITION_FUNCTION)).isEqualTo(mean, within(1e-9));
  }

  @Test
  void gdcNeedsNoGradientOfSequencesWithoutWeight() throws IOException {
    assertThat(batch.sequences()).anyMatch(s -> Math.exp(s.logWeight()) == 0);
    Outcome outcome = learn(Map.of("objective.type", "gdc"));
    assertSame(
        outcome.gradient(),
        gradientWithZOf(bootstrap, new io.tributary.objective.Gdc(false, false)));
    Outcome withBaseline = learn(Map.of("objective.type", "gdc++"));
    for (Pair key : Set.of(Pair.P_PI, Pair.PI_A)) {
      assertThat(outcome.measurements().get(Metric.KL_NATS, key))
          .as("all sequences are measured")
          .isEqualTo(withBaseline.measurements().get(Metric.KL_NATS, key), within(1e-5));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gdc++", "reinforce"})
  void dropoutActsOnTheGradientAloneAndIsSeededByTheStep(String objective) throws IOException {
    Map<String, String> settings = new HashMap<>(TinyTraining.objective(objective));
    Outcome without = learn(settings);
    Map<String, String> dropout = new HashMap<>(settings);
    dropout.putAll(Map.of("learner.dropout", "0.2", "learner.micro-batch-size", "16"));
    Outcome with = learn(dropout);
    assertThat(distance(with.gradient(), without.gradient()))
        .isGreaterThan(1e-2 * norm(without.gradient()));
    present(without.measurements())
        .forEach(
            (key, value) -> {
              if (!Set.of(Metric.LEARNER_LOSS, Metric.LEARNER_GRADIENT_NORM)
                  .contains(key.metric())) {
                assertThat(with.measurements().values().get(key))
                    .as(key.toString())
                    .isEqualTo(value, within(1e-4 * Math.max(1, Math.abs(value))));
              }
            });
    assertThat(learn(dropout).gradient()).containsExactly(with.gradient());
    assertThat(learn(policy, 6, dropout).gradient()).isNotEqualTo(with.gradient());
  }

  @Test
  void aRunningMeanIsThatOfTheBatchesBeforeAndBeginsWithTheBootstrap() throws IOException {
    Map<String, String> settings =
        Map.of("objective.type", "reinforce", "objective.baseline", "running-mean");
    double mean =
        bootstrap.stream()
            .mapToDouble(s -> HARD.of(s) * Math.exp(s.logBase() - s.sequence().logProposal()))
            .average()
            .orElseThrow();
    Outcome outcome = learn(settings);
    BatchArrays arrays = BatchArrays.of(batch.sequences(), HARD);
    double[] logPolicies =
        new io.tributary.model.SequenceScores(policy, 64).logProbs(world.prefix, arrays.tokens());
    double[] logRatios = arrays.values(logPolicies, NOTHING).logPolicyRatios();
    double meanRatio = java.util.Arrays.stream(logRatios).map(Math::exp).average().orElseThrow();
    assertThat(outcome.measurements().get(Metric.BASELINE_MEAN))
        .isEqualTo(mean * meanRatio, within(1e-5));
  }

  @Test
  void aStepThatIsNotFiniteLeavesTheWeightsAlone() throws IOException {
    try (LanguageModel huge = TinyModels.random(world.config, 12, 1e20)) {
      Outcome outcome = learn(huge, 5, Map.of());
      assertThat(outcome.finite()).isFalse();
      assertThat(outcome.moved()).isFalse();
      assertThat(outcome.updates()).isZero();
      assertThat(outcome.measurements().get(Metric.PARTITION_FUNCTION)).isPositive();
    }
  }

  @Test
  void tooManyStepsThatAreNotFiniteEndTheRun() throws IOException {
    Map<String, String> settings =
        Map.of("learner.max-nonfinite-steps", "3", "learner.optimizer.learning-rate", "1e30");
    try (TinyTraining training = new TinyTraining(world, directory, settings)) {
      training.bootstrap();
      assertThat(training.step().finite()).isTrue();
      assertThat(training.step().finite()).isFalse();
      assertThat(training.step().finite()).isFalse();
      assertThatThrownBy(training::step)
          .isInstanceOf(RunFailedException.class)
          .hasMessageContaining("not finite in 3 steps in a row, the last one step 4")
          .hasMessageContaining("learner.optimizer.learning-rate");
    }
  }

  private static void assertSame(double[] gradient, double[] expected) {
    assertThat(distance(gradient, expected) / norm(expected)).isLessThan(1e-5);
  }

  private static double distance(double[] a, double[] b) {
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      squares += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(squares);
  }

  private static double norm(double[] a) {
    return distance(a, new double[a.length]);
  }

  /** With nothing decided before the end, and no baseline, all tokens have the same weight. */
  @Test
  void prefixesOfSequencesThatOnlyTheirEndDecidesHaveTheCoefficientOfTheSequence()
      throws IOException {
    double[] whole = learn(Map.of("objective.type", "gdc")).gradient();
    double[] prefixes =
        learn(Map.of("objective.type", "gdc", "objective.credit", "prefix")).gradient();
    double norm = Math.sqrt(java.util.Arrays.stream(whole).map(g -> g * g).sum());
    for (int i = 0; i < whole.length; i++) {
      assertThat(prefixes[i])
          .isCloseTo(whole[i], org.assertj.core.api.Assertions.within(1e-6 * norm));
    }
  }
}
