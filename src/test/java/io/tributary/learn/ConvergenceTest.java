package io.tributary.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.data.Measurements;
import io.tributary.tensor.TorchExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TorchExtension.class)
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
      assertThat(measured.get("feature_moment", "chosen", "pi")).isGreaterThan(0.9);
    }
  }
}
