package io.tributary.stage.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.metrics.Metric;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.training.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** KL-control by proximal policy optimisation on a model whose sequences can all be listed. */
@ExtendWith(TorchExtension.class)
@Slow
class ProximalConvergenceTest {
  @TempDir Path directory;

  private static TinyWorld red(Path directory) throws IOException {
    return new TinyWorld(directory, 8, text -> text.contains("red"));
  }

  private static double reward(TinyWorld world, int i) {
    return world.logTargets[i] > Double.NEGATIVE_INFINITY ? 1 : 0;
  }

  /** KL(pi||a), listed. */
  private static double divergence(TinyWorld world, double[] logPolicies) {
    return TinyWorld.kl(Arrays.stream(logPolicies).map(Math::exp).toArray(), world.logBases);
  }

  /** E_pi[r] - beta KL(pi||a), listed. */
  private static double controlled(TinyWorld world, double[] logPolicies, double beta) {
    return world.chosenMass(logPolicies) - beta * divergence(world, logPolicies);
  }

  /** beta log E_a[ exp(r/beta) ], which p_z(x) ~ a(x) exp(r(x)/beta) reaches and no other does. */
  private static double best(TinyWorld world, double beta) {
    return beta
        * Math.log(
            IntStream.range(0, world.logBases.length)
                .mapToDouble(i -> Math.exp(world.logBases[i] + reward(world, i) / beta))
                .sum());
  }

  @Test
  void trainingBringsTheRewardLessThePenaltyNearItsBest() throws IOException {
    double beta = 0.25;
    Map<String, String> settings =
        TinyTraining.ppo(
            beta,
            Map.of(
                "learner.optimizer.learning-rate", "5e-3",
                "learner.optimizer.schedule", "linear",
                "run.steps", "80"));
    try (TinyWorld world = red(directory);
        TinyTraining training = new TinyTraining(world, directory, settings)) {
      double before = controlled(world, training.logPolicies(), beta);
      double best = best(world, beta);
      training.bootstrap();
      for (int step = 0; step < 80; step++) {
        assertThat(training.step().finite()).isTrue();
      }
      double after = controlled(world, training.logPolicies(), beta);
      assertThat(after).isBetween(best - 0.1 * (best - before), best + 1e-6);
    }
  }

  @Test
  void betaBringsTheDivergenceToItsTarget() throws IOException {
    double target = 0.15;
    Map<String, String> settings =
        TinyTraining.ppo(
            0.02,
            Map.of(
                "objective.target-kl", Double.toString(target),
                "objective.ppo.horizon", "150",
                "learner.optimizer.learning-rate", "5e-3"));
    try (TinyWorld world = red(directory);
        TinyTraining training = new TinyTraining(world, directory, settings)) {
      training.bootstrap();
      double beta = 0;
      double free = 0;
      double mean = 0;
      for (int step = 0; step < 120; step++) {
        beta = training.step().measurements().get(Metric.KL_CONTROL_BETA);
        double divergence = divergence(world, training.logPolicies());
        free = Math.max(free, divergence);
        mean += step < 90 ? 0 : divergence / 30;
      }
      assertThat(free).isGreaterThan(1.5 * target);
      assertThat(beta).isGreaterThan(0.04);
      assertThat(mean).isBetween(0.75 * target, 1.25 * target);
    }
  }
}
