package io.tributary.stage.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.data.TargetSample;
import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.model.LanguageModel;
import io.tributary.model.SamplingSettings;
import io.tributary.stage.evaluate.EvaluationSettings;
import io.tributary.stage.evaluate.ModelEvaluation;
import io.tributary.stage.evaluate.PolicyEvaluation;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.training.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Evaluations against sums over all sequences of a tiny model. */
@ExtendWith(TorchExtension.class)
class EnumeratedEvaluationTest {
  private static final int SAMPLES = 4000;

  @TempDir static Path directory;
  private static TinyWorld world;
  private static LanguageModel policy;
  private static double[] pi;

  @BeforeAll
  static void makeModels() throws IOException {
    world = TinyWorld.arbitrary(directory);
    policy = world.model(12);
    pi = Arrays.stream(world.logProbs(policy)).map(Math::exp).toArray();
  }

  @AfterAll
  static void closeModels() {
    policy.close();
    world.close();
  }

  private static EvaluationSettings plan(int samples, double topP) {
    return new EvaluationSettings(
        samples, 1000, world.prefix, new SamplingSettings(TinyWorld.LENGTH, true, 1, 0, topP), 7);
  }

  private static ModelEvaluation.Result evaluate(LanguageModel model, int samples, double topP) {
    return new ModelEvaluation(
            plan(samples, topP), world.base, model, world.tokenizer, world.target, line -> {})
        .evaluate();
  }

  private static void assertWithin(
      double estimate, double standardError, double listed, double largestError) {
    assertThat(standardError).isBetween(0.0, largestError);
    assertThat(estimate).isCloseTo(listed, within(4 * standardError + 1e-5));
  }

  private static double mass() {
    return IntStream.range(0, pi.length)
        .filter(x -> world.logTargets[x] > Double.NEGATIVE_INFINITY)
        .mapToDouble(x -> pi[x])
        .sum();
  }

  @Test
  void divergencesMomentsAndZOfAModelAgreeWithTheListedOnes() {
    ModelEvaluation.Result result = evaluate(policy, SAMPLES, 1);
    Measurements measured = result.measurements();
    assertWithin(
        measured.get(Metric.KL_NATS, Pair.P_PI),
        measured.get(Metric.KL_STDERR_NATS, Pair.P_PI),
        world.klFromTarget(policy),
        0.1);
    assertWithin(
        measured.get(Metric.KL_NATS, Pair.PI_A),
        measured.get(Metric.KL_STDERR_NATS, Pair.PI_A),
        TinyWorld.kl(pi, world.logBases),
        0.1);
    assertWithin(
        measured.get(Metric.PARTITION_FUNCTION),
        measured.get(Metric.PARTITION_FUNCTION_STDERR),
        world.z(),
        0.02);
    assertWithin(
        measured.get(Metric.FEATURE_MOMENT, "chosen", Distribution.PI),
        measured.get(Metric.FEATURE_MOMENT_STDERR, "chosen", Distribution.PI),
        mass(),
        0.02);
    assertThat(result.effectiveSampleSize()).isBetween(100.0, 2.0 * SAMPLES);
  }

  @Test
  void perplexityIsThatOfAllTokensUnderTheBaseModel() {
    double logBase = 0;
    double tokens = 0;
    for (int x = 0; x < pi.length; x++) {
      logBase += pi[x] * world.logBases[x];
      tokens += pi[x] * world.sequences.get(x).length;
    }
    assertThat(evaluate(policy, SAMPLES, 1).measurements().get(Metric.PERPLEXITY_BASE))
        .isCloseTo(Math.exp(-logBase / tokens), within(0.1));
  }

  @Test
  void theBaseModelItselfHasNoDivergenceFromItself() {
    Measurements measured = evaluate(world.base, SAMPLES, 1).measurements();
    assertThat(measured.get(Metric.KL_NATS, Pair.PI_A)).isCloseTo(0, within(1e-5));
    assertWithin(
        measured.get(Metric.KL_NATS, Pair.P_PI),
        measured.get(Metric.KL_STDERR_NATS, Pair.P_PI),
        -Math.log(world.z()),
        0.1);
  }

  @Test
  void samplesOfTheLikeliestTokensHaveMomentsAndTextMetricsButNoDivergences() {
    Measurements run;
    try (PolicyEvaluation evaluation =
        new PolicyEvaluation(
            plan(500, 0.6),
            world.copy(world.base),
            world.copy(world.base),
            world.tokenizer,
            world.target,
            () -> {})) {
      run =
          evaluation.evaluate(
              3,
              policy.snapshot(),
              new PartitionFunctionEstimate(-1, 0.1, 100, 40, 20),
              TargetSample.EMPTY);
    }
    ModelEvaluation.Result alone = evaluate(policy, 500, 0.6);
    assertThat(alone.effectiveSampleSize()).isNaN();
    for (Measurements measured : new Measurements[] {run, alone.measurements()}) {
      assertThat(measured.get(Metric.FEATURE_MOMENT, "chosen", Distribution.PI))
          .isBetween(0.0, 1.0);
      assertThat(measured.get(Metric.DISTINCT_1)).isBetween(0.0, 1.0);
      assertThat(measured.get(Metric.SELF_BLEU_5)).isBetween(0.0, 1.0);
      assertThat(measured.get(Metric.PERPLEXITY_BASE)).isGreaterThan(1);
      assertThat(measured.values().keySet())
          .extracting(key -> key.metric().key())
          .doesNotContain("kl_nats", "kl_stderr_nats", "partition_function");
    }
    double plain = evaluate(policy, 500, 1).measurements().get(Metric.SELF_BLEU_4);
    assertThat(alone.measurements().get(Metric.SELF_BLEU_4)).isGreaterThan(plain);
  }

  @Test
  void itTellsHowFarItIs() {
    Set<String> told = new LinkedHashSet<>();
    new ModelEvaluation(
            plan(2000, 1),
            world.base,
            policy,
            world.tokenizer,
            world.target,
            line -> told.add(line.replaceFirst(", [0-9]+ s$", "")))
        .evaluate();

    assertThat(told)
        .containsExactly(
            "evaluating: 0 of 4,000 sequences drawn",
            "evaluating: 1,000 of 4,000 sequences drawn",
            "evaluating: 2,000 of 4,000 sequences drawn",
            "evaluating: 3,000 of 4,000 sequences drawn",
            "evaluating: 4,000 of 4,000 sequences drawn");
  }
}
