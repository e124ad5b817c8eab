package io.tributary.stage.learn.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.tributary.config.TributaryConfig;
import io.tributary.data.ScoredSequence;
import io.tributary.data.Sequence;
import io.tributary.data.TensorBytes;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.model.Gradients;
import io.tributary.model.LanguageModel;
import io.tributary.model.ModelTraining;
import io.tributary.model.SequenceScores;
import io.tributary.model.TokenGradients;
import io.tributary.model.TokenScores;
import io.tributary.model.ValueHead;
import io.tributary.objective.GeneralisedAdvantage;
import io.tributary.objective.KlPenalty;
import io.tributary.objective.ProximalLoss;
import io.tributary.objective.Reward;
import io.tributary.objective.RunningEstimates;
import io.tributary.stage.learn.TinyTraining;
import io.tributary.stage.sample.ProposalSampling;
import io.tributary.stage.score.DrawScoring;
import io.tributary.tensor.AdamW;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.Tensors;
import io.tributary.testing.model.TinyModels;
import io.tributary.testing.training.PartitionFunctions;
import io.tributary.testing.training.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TorchExtension.class)
class ProximalUpdatesTest {
  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.999, 1e-8, 0);
  private static final Reward HARD = new Reward(new int[0], new double[0], true);
  private static final double BETA = 0.3;
  private static final int WIDTH = 8;
  @TempDir private static Path shared;
  private static TinyWorld world;
  private static LanguageModel policy;
  private static BatchArrays batch;

  @TempDir Path directory;

  @BeforeAll
  static void drawABatch() throws IOException {
    world = TinyWorld.arbitrary(shared);
    policy = world.model(12);
    try (ProposalSampling sampling = world.sampling(64, policy, 1);
        DrawScoring scoring = world.scoring()) {
      batch =
          BatchArrays.of(
              world.score(scoring, sampling.draw(TinyWorld.order(1, 64), () -> {})), HARD);
    }
  }

  @AfterAll
  static void closeModels() {
    policy.close();
    world.close();
  }

  /** With V unequal 0, since a value function that is right nowhere changes no expectation. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theExpectedGradientBeforeAnyUpdateIsThatOfTheRewardLessThePenalty(boolean values) {
    ValueHead head =
        values
            ? ValueHead.of(randomHead(), WIDTH, Device.cpu())
            : ValueHead.initialise(WIDTH, Device.cpu());
    try (LanguageModel model = world.copy(policy);
        ModelTraining training = new ModelTraining(model, head, SETTINGS)) {
      BatchArrays all = everySequence();
      List<TokenScores> before =
          new SequenceScores(model, head, 1024).tokens(world.prefix, world.sequences, () -> {});
      ProximalBatch worth =
          ProximalBatch.of(all, before, BETA, new GeneralisedAdvantage(1, 1), false);
      int[] rows = IntStream.range(0, all.size()).toArray();
      ProximalLoss loss = new ProximalLoss(0.2, 0.2);
      training.accumulateByToken(
          world.prefix,
          world.sequences,
          0,
          scores -> {
            assertThat(worth.sums(rows, scores, loss).clipped()).isZero();
            return weighted(worth.gradients(rows, scores, loss, 0, 1), scores);
          });
      double[] gradient = Gradients.of(training);

      training.zeroGradients();
      training.accumulate(
          world.prefix,
          world.sequences,
          0,
          logPolicies -> {
            double[] c = new double[logPolicies.length];
            Arrays.setAll(
                c,
                i ->
                    Math.exp(logPolicies[i])
                        * (all.rewards()[i] - BETA * (logPolicies[i] - world.logBases[i])));
            return c;
          });
      double[] expected = Gradients.of(training);
      assertThat(norm(expected)).isGreaterThan(0.01);
      assertThat(distance(gradient, expected) / norm(expected)).isLessThan(1e-4);
    }
  }

  private static List<TensorBytes> randomHead() {
    Random random = new Random(6);
    return List.of(
        Tensors.of("value_head.weight", i -> 0.3 * random.nextGaussian(), WIDTH, 1),
        Tensors.of("value_head.bias", i -> 0.2, 1));
  }

  /** Derivatives of each sequence times its probability. */
  private static List<TokenGradients> weighted(
      List<TokenGradients> gradients, List<TokenScores> scores) {
    List<TokenGradients> weighted = new ArrayList<>();
    for (int i = 0; i < gradients.size(); i++) {
      double probability = Math.exp(scores.get(i).logProb());
      weighted.add(
          new TokenGradients(
              Arrays.stream(gradients.get(i).byLogProb()).map(g -> g * probability).toArray(),
              gradients.get(i).byValue()));
    }
    return weighted;
  }

  /** All sequences as if the policy had drawn each once. */
  private static BatchArrays everySequence() {
    List<TokenScores> drawn = tokens(policy);
    List<TokenScores> bases = tokens(world.base);
    List<ScoredSequence> scored = new ArrayList<>();
    for (int i = 0; i < world.sequences.size(); i++) {
      scored.add(
          new ScoredSequence(
              new Sequence(0, i, world.sequences.get(i), drawn.get(i).logProbs(), 1),
              world.texts.get(i),
              new double[] {world.logTargets[i] > Double.NEGATIVE_INFINITY ? 1 : 0},
              world.logBases[i],
              bases.get(i).logProbs(),
              new double[0],
              world.logTargets[i],
              world.sequences.get(i).length));
    }
    return BatchArrays.of(scored, HARD);
  }

  private static List<TokenScores> tokens(LanguageModel model) {
    return new SequenceScores(model, 1024).tokens(world.prefix, world.sequences, () -> {});
  }

  /** What a batch led to. */
  private record Learned(
      UpdateRule.Outcome outcome, double[] gradient, List<float[]> weights, long updates) {
    double get(Metric metric) {
      return outcome.measurements().get(metric);
    }
  }

  private Learned learn(Map<String, String> overrides) throws IOException {
    return learn(policy, 3, 1e-3, overrides);
  }

  private Learned learn(LanguageModel start, long step, double rate, Map<String, String> overrides)
      throws IOException {
    TributaryConfig config = config(overrides);
    try (LanguageModel model = world.copy(start);
        ModelTraining training =
            new ModelTraining(model, ValueHead.initialise(WIDTH, Device.cpu()), SETTINGS)) {
      KlPenalty penalty = new KlPenalty(config.objective());
      UpdateRule.Outcome outcome =
          rule(training, config, penalty).learn(step, batch, nothing(), rate, () -> {});
      List<float[]> weights =
          Stream.concat(model.snapshot().stream(), training.valueHead().snapshot().stream())
              .map(TensorBytes::values)
              .toList();
      return new Learned(outcome, Gradients.of(training), weights, training.optimizer().updates());
    }
  }

  private static ProximalUpdates rule(
      ModelTraining training, TributaryConfig config, KlPenalty penalty) {
    return new ProximalUpdates(training, config, world.prefix, penalty);
  }

  private TributaryConfig config(Map<String, String> overrides) throws IOException {
    return TinyTraining.config(directory, TinyTraining.ppo(BETA, overrides));
  }

  private static RunningEstimates nothing() {
    return new RunningEstimates(PartitionFunctions.running().estimate(), 0);
  }

  @Test
  void aStepMakesAnUpdateForEachMinibatchOfEachEpoch() throws IOException {
    assertThat(learn(Map.of()).updates()).isEqualTo(4);
    assertThat(
            learn(Map.of("objective.ppo.epochs", "3", "objective.ppo.minibatches", "8")).updates())
        .isEqualTo(24);
  }

  @Test
  void microBatchesDoNotChangeTheResult() throws IOException {
    Map<String, String> settings = new HashMap<>(Map.of("objective.ppo.minibatches", "2"));
    Learned whole = learn(settings);
    assertThat(whole.outcome().finite()).isTrue();
    for (String size : List.of("5", "32")) {
      settings.put("learner.micro-batch-size", size);
      Learned parts = learn(settings);
      assertThat(distance(parts.gradient(), whole.gradient()) / norm(whole.gradient()))
          .isLessThan(1e-2); // the gradient of the last update, whose weights differ by rounding
      parts
          .outcome()
          .measurements()
          .values()
          .forEach(
              (key, value) ->
                  assertThat(value)
                      .as(key.toString())
                      .isEqualTo(
                          whole.outcome().measurements().values().get(key),
                          within(1e-3 * Math.max(1, Math.abs(value)))));
    }
  }

  @Test
  void everyEpochTakesEverySequenceOnceInAnOrderOfItsOwn() throws IOException {
    try (LanguageModel model = world.copy(policy);
        ModelTraining training =
            new ModelTraining(model, ValueHead.initialise(WIDTH, Device.cpu()), SETTINGS)) {
      TributaryConfig config = config(Map.of("objective.ppo.minibatches", "4"));
      ProximalUpdates rule = rule(training, config, new KlPenalty(config.objective()));
      Set<List<Integer>> orders = new HashSet<>();
      for (int epoch = 0; epoch < 3; epoch++) {
        List<int[]> minibatches = rule.minibatches(7, epoch, 64);
        assertThat(minibatches).hasSize(4).allMatch(rows -> rows.length == 16);
        List<Integer> order =
            minibatches.stream().flatMap(rows -> Arrays.stream(rows).boxed()).toList();
        assertThat(order).containsOnlyOnceElementsOf(IntStream.range(0, 64).boxed().toList());
        orders.add(order);
        assertThat(rule.minibatches(7, epoch, 64))
            .usingRecursiveComparison()
            .isEqualTo(minibatches);
      }
      assertThat(orders).hasSize(3);
    }
  }

  @Test
  void aFirstUpdateIsNotClippedAndLaterOnesMayBe() throws IOException {
    Learned first = learn(Map.of("objective.ppo.epochs", "1"));
    assertThat(first.get(Metric.CLIPPED_TOKENS_RATIO)).isZero();
    assertThat(first.get(Metric.POLICY_LOSS)).as("whitened").isEqualTo(0, within(1e-4));
    Learned several = learn(policy, 3, 3e-2, Map.of("objective.ppo.epochs", "6"));
    assertThat(several.get(Metric.CLIPPED_TOKENS_RATIO)).isBetween(0.01, 0.9);
    assertThat(several.get(Metric.POLICY_LOSS)).isLessThan(-0.02);
  }

  @Test
  void itMeasuresThePolicyAsItWasBeforeAnyUpdate() throws IOException {
    Learned learned = learn(Map.of());
    double[] expected = new SequenceScores(policy, 64).logProbs(world.prefix, batch.tokens());
    assertThat(learned.outcome().logPolicies()).containsExactly(expected, within(1e-6));
    double kl = 0;
    double returns = 0;
    double tokens = 0;
    for (int i = 0; i < batch.size(); i++) {
      double divergence = batch.logProposals()[i] - batch.logBases()[i];
      kl += divergence / batch.size();
      tokens += batch.tokens().get(i).length;
    }
    assertThat(learned.get(Metric.KL_CONTROL_BETA)).isEqualTo(BETA);
    assertThat(learned.get(Metric.KL_PENALTY)).isEqualTo(BETA * kl, within(1e-9));
    // the values are 0 before the first update: half the mean square of the rewards to come
    for (int i = 0; i < batch.size(); i++) {
      double toCome = batch.rewards()[i];
      Sequence sequence = batch.sequences().get(i).sequence();
      for (int t = sequence.tokens().length - 1; t >= 0; t--) {
        toCome -=
            BETA * (sequence.tokenLogProposals()[t] - batch.sequences().get(i).tokenLogBases()[t]);
        returns += toCome * toCome / 2 / tokens;
      }
    }
    Learned once = learn(Map.of("objective.ppo.epochs", "1", "objective.ppo.gae-lambda", "1"));
    assertThat(once.get(Metric.VALUE_LOSS)).isEqualTo(returns, within(1e-5));
    assertThat(once.outcome().loss())
        .isEqualTo(once.get(Metric.POLICY_LOSS) + 0.1 * once.get(Metric.VALUE_LOSS), within(1e-9));
  }

  @Test
  void betaIsAdaptedAfterTheBatchWhereThereIsATarget() throws IOException {
    for (boolean adaptive : new boolean[] {false, true}) {
      TributaryConfig config = config(adaptive ? Map.of("objective.target-kl", "100") : Map.of());
      try (LanguageModel model = world.copy(policy);
          ModelTraining training =
              new ModelTraining(model, ValueHead.initialise(WIDTH, Device.cpu()), SETTINGS)) {
        KlPenalty penalty = new KlPenalty(config.objective());
        ProximalUpdates rule = rule(training, config, penalty);
        Measurements measured = rule.learn(0, batch, nothing(), 1e-3, () -> {}).measurements();
        assertThat(measured.get(Metric.KL_CONTROL_BETA)).as("of this batch").isEqualTo(BETA);
        // far below the target: e = -0.2, K_beta = 64 / 10000
        assertThat(penalty.beta())
            .isEqualTo(adaptive ? BETA * (1 - 0.2 * 64 / 10_000) : BETA, within(1e-12));
        KlPenalty restored = KlPenalty.restore(config.objective(), new KlPenalty.State(7));
        assertThat(restored.beta()).isEqualTo(adaptive ? 7 : BETA);
      }
    }
  }

  @Test
  void anUpdateThatIsNotFiniteAndThoseAfterItAreLeftOut() throws IOException {
    try (LanguageModel huge = TinyModels.random(world.config, 12, 1e20)) {
      Learned none = learn(huge, 0, 1e-3, Map.of("objective.target-kl", "100"));
      assertThat(none.outcome().finite()).isFalse();
      assertThat(none.updates()).isZero();
    }
    Learned one = learn(policy, 0, 1e30, Map.of());
    assertThat(one.outcome().finite()).isFalse();
    assertThat(one.updates()).isEqualTo(1);
  }

  @Test
  void dropoutIsSeededByTheStep() throws IOException {
    Map<String, String> dropout = Map.of("learner.dropout", "0.2");
    Learned with = learn(dropout);
    assertThat(learn(dropout).gradient()).containsExactly(with.gradient());
    assertThat(with.outcome().logPolicies())
        .as("measured without")
        .containsExactly(learn(Map.of()).outcome().logPolicies());
    assertThat(learn(policy, 4, 1e-3, dropout).gradient()).isNotEqualTo(with.gradient());
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
}
