package io.tributary.stage.learn.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.config.objective.ObjectiveConfig.Divergence;
import io.tributary.config.objective.ObjectiveType.Baseline;
import io.tributary.data.Fingerprint;
import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.data.ScoredSequence;
import io.tributary.data.TargetSample;
import io.tributary.data.TensorBytes;
import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.model.Distillation;
import io.tributary.model.Gradients;
import io.tributary.model.LanguageModel;
import io.tributary.model.ModelTraining;
import io.tributary.model.SequenceScores;
import io.tributary.model.TokenGradients;
import io.tributary.model.TokenScores;
import io.tributary.objective.BatchValues;
import io.tributary.objective.FDivergence;
import io.tributary.objective.Gdc;
import io.tributary.objective.KlControl;
import io.tributary.objective.Objective;
import io.tributary.objective.PrefixCredit;
import io.tributary.objective.PrefixCredit.Tokens;
import io.tributary.objective.Reinforce;
import io.tributary.objective.Reward;
import io.tributary.objective.RunningEstimates;
import io.tributary.objective.estimate.PartitionFunction;
import io.tributary.stage.evaluate.PolicyEvaluation;
import io.tributary.stage.sample.ProposalSampling;
import io.tributary.stage.score.DrawScoring;
import io.tributary.target.Decision;
import io.tributary.tensor.AdamW;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.Tensors;
import io.tributary.testing.model.TinyModels;
import io.tributary.testing.training.PartitionFunctions;
import io.tributary.testing.training.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What section 4.1 of arXiv:2206.00761 promises, on a model whose sequences can all be listed. */
@Slow
@ExtendWith(TorchExtension.class)
class EnumeratedLearningTest {
  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.999, 1e-8, 0);
  private static final int DRAWN = 10_000;
  private static final double BETA = 0.3;
  private static final Reward HARD = new Reward(new int[0], new double[0], true);
  private static TinyWorld world;
  private static LanguageModel policy;
  private static LanguageModel first;
  private static LanguageModel second;

  @BeforeAll
  static void makeModels(@TempDir Path directory) throws IOException {
    world = TinyWorld.arbitrary(directory);
    policy = world.model(12);
    first = world.model(13);
    second = world.model(14);
  }

  @AfterAll
  static void closeModels() {
    List.of(policy, first, second).forEach(LanguageModel::close);
    world.close();
  }

  @Test
  void everySequenceIsListedOnceAndProbabilitiesAddUpToOne() {
    assertThat(world.sequences).hasSize(781);
    assertThat(new HashSet<>(world.texts)).hasSize(781);
    for (LanguageModel model : List.of(world.base, policy, first, second)) {
      assertThat(sumOfExp(world.logProbs(model))).isEqualTo(1, within(1e-5));
    }
    assertThat(world.z()).isBetween(0.05, 0.5);
  }

  /**
   * An objective and what it makes as small as it can.
   *
   * @param logTargets log P of every sequence
   * @param aim as a function of log pi of every sequence
   */
  private record Case(
      Objective objective, double[] logTargets, ToDoubleFunction<double[]> aim, int proposals) {
    @Override
    public String toString() {
      return objective + ", proposals: " + proposals;
    }
  }

  static List<Case> objectives() {
    double z = world.z();
    double[] p = world.target();
    List<Case> cases = new ArrayList<>();
    for (int proposals : new int[] {1, 2}) {
      for (boolean normalise : new boolean[] {false, true}) {
        ToDoubleFunction<double[]> kl = logPi -> (normalise ? 1 : z) * TinyWorld.kl(p, logPi);
        cases.add(new Case(new Gdc(false, normalise), world.logTargets, kl, proposals));
        cases.add(new Case(new Gdc(true, normalise), world.logTargets, kl, proposals));
      }
      for (boolean baseline : new boolean[] {false, true}) {
        cases.add(
            new Case(
                new Reinforce(baseline ? Baseline.LEAVE_ONE_OUT : Baseline.NONE),
                world.logTargets,
                logPi -> -massOfTarget(exp(logPi)),
                proposals));
        cases.add(
            new Case(
                new KlControl(BETA, baseline),
                world.logTargets,
                logPi -> BETA * TinyWorld.kl(exp(logPi), world.logBases) - massOfTarget(exp(logPi)),
                proposals));
        for (Divergence divergence : Divergence.values()) {
          double[] logTargets =
              divergence == Divergence.REVERSE_KL ? softTargets() : world.logTargets;
          cases.add(
              new Case(
                  new FDivergence(divergence, baseline),
                  logTargets,
                  logPi -> divergence(divergence, logTargets, logPi),
                  proposals));
        }
      }
    }
    return cases;
  }

  /** log P of every sequence with a factor e for the chosen ones, and 1 for the others. */
  private static double[] softTargets() {
    double[] logTargets = world.logBases.clone();
    Arrays.setAll(
        logTargets, i -> logTargets[i] + (world.logTargets[i] > Double.NEGATIVE_INFINITY ? 1 : 0));
    return logTargets;
  }

  private static double divergence(Divergence divergence, double[] logTargets, double[] logPi) {
    double logZ = Math.log(sumOfExp(logTargets));
    double[] logP = Arrays.stream(logTargets).map(l -> l - logZ).toArray();
    double[] middle = new double[logP.length];
    Arrays.setAll(middle, i -> Math.log((Math.exp(logP[i]) + Math.exp(logPi[i])) / 2));
    return switch (divergence) {
      case FORWARD_KL -> TinyWorld.kl(exp(logP), logPi);
      case REVERSE_KL -> TinyWorld.kl(exp(logPi), logP);
      case TOTAL_VARIATION ->
          Arrays.stream(difference(exp(logP), exp(logPi))).map(Math::abs).sum() / 2;
      case JENSEN_SHANNON -> TinyWorld.kl(exp(logP), middle) + TinyWorld.kl(exp(logPi), middle);
    };
  }

  /** Levels are those of a batch with one sequence of each kind that the proposal would draw. */
  @ParameterizedTest
  @MethodSource("objectives")
  void theGradientThatIsAccumulatedIsThatOfWhatTheObjectiveAimsAt(Case wanted) {
    Objective objective = wanted.objective();
    double z = sumOfExp(wanted.logTargets());
    var exact = new PartitionFunctionEstimate(Math.log(z), 0, 1000, 100, 100);
    double[] rewards = world.logTargets.clone();
    Arrays.setAll(rewards, i -> rewards[i] > Double.NEGATIVE_INFINITY ? 1 : 0);
    try (ModelTraining training = new ModelTraining(policy, SETTINGS)) {
      for (LanguageModel proposal : List.of(first, second).subList(0, wanted.proposals())) {
        double[] logProposals = world.logProbs(proposal);
        training.accumulate(
            world.prefix,
            world.sequences,
            0,
            logPolicies -> {
              BatchValues values =
                  new BatchValues(
                      difference(wanted.logTargets(), logProposals),
                      logProposals,
                      logPolicies,
                      world.logBases,
                      rewards,
                      new RunningEstimates(exact, 0));
              double[] c = objective.coefficients(values, expectedLevels(objective, values));
              for (int i = 0; i < c.length; i++) {
                c[i] *= Math.exp(logProposals[i]) / wanted.proposals();
              }
              return c;
            });
      }
      assertSlopes(Gradients.of(training), wanted.aim());
    }
  }

  static List<PrefixCredit> credits() {
    List<PrefixCredit> credits = new ArrayList<>();
    for (boolean baseline : new boolean[] {false, true}) {
      for (boolean distils : new boolean[] {false, true}) {
        credits.add(new PrefixCredit(baseline, true, distils));
      }
    }
    return credits;
  }

  /** From scored sequences of two proposals to the gradient with respect to all weights. */
  @ParameterizedTest
  @MethodSource("credits")
  void theGradientOfTokensIsThatOfTheDivergence(PrefixCredit credit, @TempDir Path directory)
      throws IOException {
    try (TinyWorld water = TinyWorld.word(directory, "blue");
        ModelTraining training = new ModelTraining(policy, SETTINGS)) {
      var exact = new PartitionFunctionEstimate(Math.log(water.z()), 0, 1000, 100, 100);
      Decision decision = new Decision(water.tokenizer, water.target);
      List<TokenScores> bases = tokens(water.base, water);
      int decidedEarly = 0;
      for (LanguageModel proposal : List.of(first, second)) {
        List<TokenScores> proposals = tokens(proposal, water);
        List<Tokens> all = new ArrayList<>();
        for (int i = 0; i < water.sequences.size(); i++) {
          int[] tokens = water.sequences.get(i);
          int decidedAt = decision.of(tokens, water.texts.get(i));
          decidedEarly += decidedAt < tokens.length ? 1 : 0;
          all.add(
              new Tokens(
                  water.logTargets[i] > Double.NEGATIVE_INFINITY ? 0 : water.logTargets[i],
                  decidedAt,
                  bases.get(i).logProbs(),
                  proposals.get(i).logProbs(),
                  new double[0]));
        }
        training.accumulateByToken(
            water.prefix,
            water.sequences,
            0,
            found -> {
              List<TokenGradients> gradients = new ArrayList<>();
              for (int i = 0; i < found.size(); i++) {
                Tokens of = all.get(i);
                double share = Math.exp(proposals.get(i).logProb()) / 2;
                var contribution =
                    credit.of(
                        new Tokens(
                            of.logFactor(),
                            of.decidedAt(),
                            of.logBases(),
                            of.logProposals(),
                            found.get(i).logProbs()),
                        exact,
                        0.6,
                        true);
                gradients.add(
                    new TokenGradients(
                        times(contribution.coefficients(), -share),
                        new double[0],
                        times(contribution.divergences(), share)));
              }
              return gradients;
            },
            new Distillation(water.base));
      }
      assertThat(decidedEarly).isPositive();
      double[] p = water.target();
      assertSlopes(Gradients.of(training), logPi -> TinyWorld.kl(p, logPi));
    }
  }

  private static double[] times(double[] values, double factor) {
    return Arrays.stream(values).map(value -> value * factor).toArray();
  }

  private static List<TokenScores> tokens(LanguageModel model, TinyWorld of) {
    return new SequenceScores(model, 1024).tokens(of.prefix, of.sequences, () -> {});
  }

  /** The expectation of each level over the sequences that it is made from. */
  private static double[] expectedLevels(Objective objective, BatchValues values) {
    if (!objective.comparesSequences()) {
      return objective.levels(values);
    }
    double[] signals = objective.signals(values);
    double expected = 0;
    for (int i = 0; i < signals.length; i++) {
      expected += Math.exp(values.logProposals()[i]) * signals[i];
    }
    double[] levels = new double[signals.length];
    Arrays.fill(levels, expected);
    return levels;
  }

  /** Compares a gradient with central differences of what is listed. */
  private static void assertSlopes(double[] gradient, ToDoubleFunction<double[]> aim) {
    double norm = norm(gradient);
    Random random = new Random(5);
    List<double[]> directions = new ArrayList<>();
    directions.add(Arrays.stream(gradient).map(g -> g / norm).toArray());
    for (int i = 0; i < 4; i++) {
      double[] direction = random.doubles(gradient.length).map(u -> u - 0.5).toArray();
      double length = norm(direction);
      directions.add(Arrays.stream(direction).map(d -> d / length).toArray());
    }
    for (double[] direction : directions) {
      double slope = 0;
      for (int i = 0; i < direction.length; i++) {
        slope += direction[i] * gradient[i];
      }
      double step = 2e-3;
      double difference = aimAt(aim, direction, step) - aimAt(aim, direction, -step);
      assertThat(slope).isEqualTo(difference / (2 * step), within(0.01 * norm));
    }
  }

  private static double aimAt(ToDoubleFunction<double[]> aim, double[] direction, double step) {
    List<TensorBytes> moved = new ArrayList<>();
    int offset = 0;
    for (TensorBytes tensor : policy.snapshot()) {
      float[] values = tensor.values();
      int from = offset;
      moved.add(
          Tensors.of(tensor.name(), i -> values[i] + step * direction[from + i], tensor.shape()));
      offset += values.length;
    }
    try (LanguageModel other = world.config.model(moved, ai.djl.Device.cpu())) {
      return aim.applyAsDouble(world.logProbs(other));
    }
  }

  @Test
  void samplersRecordAndScorersFindWhatIsListed() {
    try (ProposalSampling sampling = world.sampling(300, first, 7);
        DrawScoring scoring = world.scoring()) {
      double[] logProposals = world.logProbs(first);
      List<ScoredSequence> scored =
          world.score(scoring, sampling.draw(TinyWorld.order(3, 300), () -> {}));
      assertThat(scored).hasSize(300);
      for (int i = 0; i < scored.size(); i++) {
        ScoredSequence s = scored.get(i);
        int x = world.indexOf(s.sequence().tokens());
        assertThat(s.sequence().logProposal()).isEqualTo(logProposals[x], within(1e-5));
        assertThat(s.logBase()).isEqualTo(world.logBases[x], within(1e-5));
        if (world.logTargets[x] == Double.NEGATIVE_INFINITY) {
          assertThat(s.logTarget()).isEqualTo(Double.NEGATIVE_INFINITY);
        } else {
          assertThat(s.logTarget()).isEqualTo(world.logTargets[x], within(1e-5));
        }
        assertThat(s.text()).isEqualTo(world.texts.get(x));
        assertThat(s.sequence().proposalVersion()).isEqualTo(7);
        assertThat(s.sequence().draw()).isEqualTo(3);
        assertThat(s.sequence().index()).isEqualTo(i);
      }
    }
  }

  @Test
  void takingWeightsOverGivesTheirFingerprint() {
    try (ProposalSampling sampling = world.sampling(1, first, 1)) {
      assertThat(sampling.takeOver(TinyWorld.snapshot(second, 2)).fingerprint())
          .isEqualTo(Fingerprint.of(second.snapshot()))
          .isNotEqualTo(Fingerprint.of(first.snapshot()));
      assertThat(sampling.version()).isEqualTo(2);
    }
  }

  @Test
  void aDrawDependsOnItsNumberAndTheWeightsAlone() {
    try (ProposalSampling one = world.sampling(50, first, 1);
        ProposalSampling other = world.sampling(50, first, 1)) {
      one.draw(TinyWorld.order(1, 50), () -> {});
      List<ScoredSequence> drawn;
      List<ScoredSequence> again;
      try (DrawScoring scoring = world.scoring()) {
        drawn = world.score(scoring, one.draw(TinyWorld.order(2, 50), () -> {}));
        again = world.score(scoring, other.draw(TinyWorld.order(2, 50), () -> {}));
      }
      assertThat(again).usingRecursiveComparison().isEqualTo(drawn);
      assertThat(other.draw(TinyWorld.order(3, 50), () -> {}).sequences())
          .usingRecursiveComparison()
          .ignoringFields("draw")
          .isNotEqualTo(one.draw(TinyWorld.order(2, 50), () -> {}).sequences());
    }
  }

  @Test
  void weightsOfMixedProposalsEstimateZ() {
    PartitionFunction estimate = PartitionFunctions.running();
    estimate.add(drawn(first, second).stream().mapToDouble(ScoredSequence::logWeight).toArray());
    PartitionFunctionEstimate z = estimate.estimate();
    assertThat(z.count()).isEqualTo(2 * DRAWN);
    assertThat(z.value()).isEqualTo(world.z(), within(4 * z.standardError()));
    assertThat(z.relativeStandardError()).isLessThan(0.05);
  }

  @Test
  void measurementsOfABatchOfMixedProposalsAgreeWithTheListedOnes() {
    List<ScoredSequence> batch = drawn(first, second);
    double[] logPolicies =
        new io.tributary.model.SequenceScores(policy, 1000)
            .logProbs(world.prefix, batch.stream().map(s -> s.sequence().tokens()).toList());
    var exact = new PartitionFunctionEstimate(Math.log(world.z()), 0, 1000, 100, 100);
    BatchArrays arrays = BatchArrays.of(batch, HARD);
    Measurements measured =
        StepMeasurements.of(
            List.of("chosen"),
            arrays,
            arrays.values(logPolicies, new RunningEstimates(exact, 0)),
            new Gdc(true, false),
            exact);
    double[] p = world.target();
    double[] pi = Arrays.stream(world.logProbs(policy)).map(Math::exp).toArray();
    assertWithinStandardErrors(measured, Pair.P_PI, TinyWorld.kl(p, world.logProbs(policy)));
    double mixed =
        (TinyWorld.kl(p, world.logProbs(first)) + TinyWorld.kl(p, world.logProbs(second))) / 2;
    assertWithinStandardErrors(measured, Pair.P_Q, mixed);
    assertWithinStandardErrors(measured, Pair.PI_A, TinyWorld.kl(pi, world.logBases));
    assertThat(measured.get(Metric.FEATURE_MOMENT, "chosen", Distribution.PI))
        .isEqualTo(massOfTarget(pi), within(0.02));
    assertThat(measured.get(Metric.REWARD_MEAN)).isEqualTo(massOfTarget(pi), within(0.02));
    assertThat(measured.get(Metric.ADVANTAGE_MEAN)).isEqualTo(0, within(0.01));
    double tvd = 0;
    for (int i = 0; i < p.length; i++) {
      tvd += Math.abs(p[i] - pi[i]) / 2;
    }
    assertThat(measured.get(Metric.TOTAL_VARIATION, Pair.P_PI)).isEqualTo(tvd, within(0.03));
  }

  @Test
  void evaluationAgreesWithTheListedDivergencesAndMoments() {
    try (PolicyEvaluation evaluation = world.evaluation(DRAWN)) {
      Measurements measured =
          evaluation.evaluate(
              40,
              policy.snapshot(),
              new PartitionFunctionEstimate(Math.log(world.z()), 0, 1000, 100, 100),
              TargetSample.EMPTY);
      double[] pi = Arrays.stream(world.logProbs(policy)).map(Math::exp).toArray();
      assertWithinStandardErrors(measured, Pair.P_PI, world.klFromTarget(policy));
      assertWithinStandardErrors(measured, Pair.PI_A, TinyWorld.kl(pi, world.logBases));
      double moment = massOfTarget(pi);
      assertThat(measured.get(Metric.FEATURE_MOMENT, "chosen", Distribution.PI))
          .isEqualTo(moment, within(4 * Math.sqrt(moment * (1 - moment) / DRAWN)));
      assertThat(evaluation.policyTexts(5)).hasSize(5).isNotEqualTo(evaluation.baseTexts(5));
    }
  }

  /** A model that prefers few sequences so much that it hardly draws any others. */
  private static LanguageModel unlearned() {
    LanguageModel model = TinyModels.random(world.config, 15, 1.2);
    assertThat(world.klFromTarget(model)).isGreaterThan(2 - Math.log(world.z()));
    return model;
  }

  /**
   * A policy that has unlearned what it is to do can't hide it from sequences of the base model.
   */
  @Test
  void theDivergenceFromSequencesOfTheBaseModelIsTheListedOneForEveryPolicy() {
    List<ScoredSequence> ofBase;
    try (DrawScoring scoring = world.scoring();
        ProposalSampling sampling = world.sampling(DRAWN, world.base, 1)) {
      ofBase = world.score(scoring, sampling.draw(TinyWorld.order(0, DRAWN), () -> {}));
    }
    TargetSample held = TargetSample.of(ofBase);
    assertThat(held.entries()).hasSize(TargetSample.MOST);
    var exact = new PartitionFunctionEstimate(Math.log(world.z()), 0, 1000, 100, 100);
    try (PolicyEvaluation evaluation = world.evaluation(200)) {
      List<LanguageModel> models = List.of(policy, first, second, world.base, unlearned());
      for (LanguageModel model : models) {
        Measurements measured = evaluation.evaluate(40, model.snapshot(), exact, held);
        assertThat(measured.get(Metric.KL_NATS, Pair.P_PI))
            .isEqualTo(
                world.klFromTarget(model),
                within(0.01 + 4 * measured.get(Metric.KL_STDERR_NATS, Pair.P_PI)));
      }
      models.get(4).close();
    }
  }

  private static void assertWithinStandardErrors(Measurements measured, Pair pair, double listed) {
    double standardError = measured.get(Metric.KL_STDERR_NATS, pair);
    assertThat(standardError).as(pair.label()).isBetween(0.0, 0.1);
    assertThat(measured.get(Metric.KL_NATS, pair))
        .as(pair.label())
        .isEqualTo(listed, within(4 * standardError));
  }

  private static double massOfTarget(double[] probabilities) {
    double mass = 0;
    for (int i = 0; i < probabilities.length; i++) {
      mass += world.logTargets[i] > Double.NEGATIVE_INFINITY ? probabilities[i] : 0;
    }
    return mass;
  }

  /** Scored draws of two proposals, version 1 and 2, as many of each. */
  private static List<ScoredSequence> drawn(LanguageModel one, LanguageModel other) {
    List<ScoredSequence> all = new ArrayList<>();
    try (DrawScoring scoring = world.scoring();
        ProposalSampling ones = world.sampling(DRAWN, one, 1);
        ProposalSampling others = world.sampling(DRAWN, other, 2)) {
      all.addAll(world.score(scoring, ones.draw(TinyWorld.order(0, DRAWN), () -> {})));
      all.addAll(world.score(scoring, others.draw(TinyWorld.order(1, DRAWN), () -> {})));
    }
    return all;
  }

  private static double[] difference(double[] a, double[] b) {
    double[] difference = new double[a.length];
    Arrays.setAll(difference, i -> a[i] - b[i]);
    return difference;
  }

  private static double norm(double[] a) {
    return Math.sqrt(DoubleStream.of(a).map(v -> v * v).sum());
  }

  private static double[] exp(double[] logs) {
    return DoubleStream.of(logs).map(Math::exp).toArray();
  }

  private static double sumOfExp(double[] logs) {
    return DoubleStream.of(logs).map(Math::exp).sum();
  }
}
