package io.tributary.stage.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.TributaryConfig;
import io.tributary.data.Batch;
import io.tributary.metrics.Label.Weight;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.stage.learn.checkpoint.Checkpoint;
import io.tributary.stage.learn.checkpoint.CheckpointStore;
import io.tributary.stage.learn.checkpoint.Retention;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.training.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TorchExtension.class)
@Slow
class ResumedMeasurementsTest {
  private static final Map<String, String> MEASURED =
      Map.of(
          "diagnostics.gradient-variance-interval-steps", "3",
          "diagnostics.gradient-variance-sequences", "4");

  @TempDir Path directory;

  @Test
  void aStepAfterACheckpointMeasuresTheSameWithAndWithoutAnInterruption() throws IOException {
    try (TinyWorld world = TinyWorld.arbitrary(directory);
        TinyTraining training = new TinyTraining(world, directory, MEASURED)) {
      training.bootstrap();
      for (int step = 0; step < 17; step++) {
        training.step();
      }
      training.run.files().write(training.run.checkpoint());
      Batch.Training batch = training.batch();
      TributaryConfig config = TinyTraining.config(directory, MEASURED);
      Checkpoint checkpoint =
          new CheckpointStore(directory.resolve("checkpoints"), new Retention(3, 0, 0))
              .read(17, world.config);
      try (TrainingRun resumed = TinyTraining.setup(world, config, directory).resume(checkpoint)) {
        Measurements expected = training.run.learn(batch, () -> {}).measurements();
        Measurements measured = resumed.learn(batch, () -> {}).measurements();
        assertThat(measured.values()).isEqualTo(expected.values());
        assertThat(expected.get(Metric.PARETO_K, Weight.PI_Q)).isNotNaN();
        assertThat(expected.get(Metric.GRADIENT_VARIANCE)).isPositive();
      }
    }
  }
}
