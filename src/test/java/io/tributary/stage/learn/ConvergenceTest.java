package io.tributary.stage.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.training.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TorchExtension.class)
@Slow
class ConvergenceTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"gdc++", "gdc"})
  void trainingBringsTheListedDivergenceBelowATwentiethOfItsStart(String objective)
      throws IOException {
    Map<String, String> settings =
        Map.of(
            "objective.type", objective,
            "samplers.batch-size", "256",
            "learner.batch-size", "256",
            "learner.micro-batch-size", "256",
            "learner.optimizer.learning-rate", "1e-2",
            "learner.optimizer.schedule", "linear",
            "run.steps", "200",
            "publish.interval-steps", "10");
    try (TinyWorld world =
            new TinyWorld(directory, 16, text -> text.contains("red") && text.contains("green"));
        TinyTraining training = new TinyTraining(world, directory, settings)) {
      double before = training.klFromTarget();
      assertThat(before).isEqualTo(-Math.log(world.z()), within(1e-5)).isGreaterThan(1);
      training.bootstrap();
      for (int step = 0; step < 200; step++) {
        training.step();
      }
      double after = training.klFromTarget();
      assertThat(after).isBetween(0.0, 0.05 * before);
      Measurements measured = training.evaluate();
      assertThat(measured.get(Metric.FEATURE_MOMENT, "chosen", Distribution.PI)).isGreaterThan(0.9);
    }
  }

  private record Aim(
      String name, Map<String, String> objective, BiFunction<TinyWorld, double[], Double> listed) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Aim> aims() {
    BiFunction<TinyWorld, double[], Double> kl =
        (world, logPi) -> TinyWorld.kl(world.target(), logPi);
    BiFunction<TinyWorld, double[], Double> missed = (world, logPi) -> 1 - world.chosenMass(logPi);
    return List.of(
        new Aim("dpg", Map.of("objective.type", "dpg"), kl),
        new Aim("dpg alone", Map.of("objective.type", "dpg", "objective.baseline", "none"), kl),
        new Aim("reinforce", Map.of("objective.type", "reinforce"), missed),
        new Aim(
            "reinforce, running mean",
            Map.of("objective.type", "reinforce", "objective.baseline", "running-mean"),
            missed),
        new Aim(
            "reinforce alone",
            Map.of("objective.type", "reinforce", "objective.baseline", "none"),
            missed),
        new Aim(
            "kl-control",
            Map.of("objective.type", "kl-control", "objective.beta", "0.25"),
            (world, logPi) -> TinyWorld.kl(exp(logPi), tilted(world, 0.25))),
        new Aim(
            "reverse-kl",
            Map.of(
                "objective.type", "f-divergence",
                "objective.divergence", "reverse-kl",
                "target.features", "[{ name = chosen, type = word, word = red, soft = true }]"),
            (world, logPi) -> TinyWorld.kl(exp(logPi), logs(world.target()))),
        fDivergence("forward-kl", kl),
        fDivergence(
            "total-variation",
            (world, logPi) -> {
              double[] p = world.target();
              return IntStream.range(0, p.length)
                      .mapToDouble(i -> Math.abs(p[i] - Math.exp(logPi[i])))
                      .sum()
                  / 2;
            }),
        fDivergence(
            "jensen-shannon",
            (world, logPi) -> {
              double[] p = world.target();
              double[] pi = exp(logPi);
              double[] middle =
                  IntStream.range(0, p.length)
                      .mapToDouble(i -> Math.log((p[i] + pi[i]) / 2))
                      .toArray();
              return TinyWorld.kl(p, middle) + TinyWorld.kl(pi, middle);
            }));
  }

  private static Aim fDivergence(String name, BiFunction<TinyWorld, double[], Double> listed) {
    return new Aim(
        name, Map.of("objective.type", "f-divergence", "objective.divergence", name), listed);
  }

  private static double[] logs(double[] probabilities) {
    return Arrays.stream(probabilities).map(Math::log).toArray();
  }

  private static double[] exp(double[] logs) {
    return Arrays.stream(logs).map(Math::exp).toArray();
  }

  /** log p_z(x) of p_z(x) ~ a(x) exp(r(x)/beta), where r is 1 for what is chosen. */
  private static double[] tilted(TinyWorld world, double beta) {
    double[] logs =
        IntStream.range(0, world.logBases.length)
            .mapToDouble(
                i ->
                    world.logBases[i]
                        + (world.logTargets[i] > Double.NEGATIVE_INFINITY ? 1 / beta : 0))
            .toArray();
    double logZ = Math.log(Arrays.stream(logs).map(Math::exp).sum());
    return Arrays.stream(logs).map(l -> l - logZ).toArray();
  }

  @ParameterizedTest
  @MethodSource("aims")
  void everyObjectiveBringsWhatItAimsAtNearItsBest(Aim aim) throws IOException {
    Map<String, String> settings = new HashMap<>(aim.objective());
    settings.putAll(
        Map.of(
            "stream.max-staleness-steps", "0",
            "learner.optimizer.schedule", "linear",
            "run.steps", "120"));
    boolean soft = aim.objective().containsKey("target.features");
    Predicate<String> chosen = text -> text.contains("red");
    try (TinyWorld world =
            soft ? TinyWorld.tilted(directory, 8, chosen, 4) : new TinyWorld(directory, 8, chosen);
        TinyTraining training = new TinyTraining(world, directory, settings)) {
      double before = aim.listed().apply(world, training.logPolicies());
      training.bootstrap();
      for (int step = 0; step < 120; step++) {
        training.step();
      }
      double after = aim.listed().apply(world, training.logPolicies());
      assertThat(after).isBetween(0.0, 0.2 * before);
    }
  }
}
