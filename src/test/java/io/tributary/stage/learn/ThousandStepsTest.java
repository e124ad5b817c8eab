package io.tributary.stage.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.LiveArrays;
import io.tributary.testing.training.TinyWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TorchExtension.class)
@Slow
class ThousandStepsTest {
  private static final Path STATUS = Path.of("/proc/self/status");

  @TempDir Path directory;

  /** Sampling, scoring, learning, replacement, evaluation, checkpoints. */
  @Test
  void aThousandStepsLeaveArraysAndMemoryWhereTheyWere() throws IOException {
    Map<String, String> settings =
        Map.of(
            "samplers.batch-size", "8",
            "learner.batch-size", "8",
            "learner.micro-batch-size", "8",
            "evaluation.sequences", "16",
            "publish.interval-steps", "7",
            "proposal.criterion", "always");
    try (TinyWorld world = new TinyWorld(directory, 8, text -> text.contains("red"));
        TinyTraining training = new TinyTraining(world, directory, settings)) {
      training.bootstrap();
      steps(training, 300);
      long arrays = LiveArrays.count();
      long resident = residentBytes();
      steps(training, 1000);
      assertThat(LiveArrays.count()).isEqualTo(arrays);
      assertThat(residentBytes() / (double) resident).isBetween(0.0, 1.05);
    }
  }

  private static void steps(TinyTraining training, int until) throws IOException {
    while (training.run.step() < until) {
      training.step();
      if (training.run.step() % 100 == 0) {
        training.evaluate();
        training.run.files().write(training.run.checkpoint());
      }
    }
  }

  /** Memory of the process that is in use now; 1 where the system does not tell. */
  private static long residentBytes() throws IOException {
    if (!Files.exists(STATUS)) {
      return 1;
    }
    System.gc();
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElse(1);
  }
}
