package io.tributary.run.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.TorchExtension;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TorchExtension.class)
class BootstrapWarningTest {
  @TempDir Path directory;
  private TinyRun tiny;

  @BeforeEach
  void makeAModel() throws IOException {
    tiny = new TinyRun(directory);
  }

  private java.util.Optional<String> warning(double z, String... settings) {
    Map<String, String> overrides = new java.util.HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      overrides.put(settings[i], settings[i + 1]);
    }
    return EventReport.gradientWarning(tiny.config("scale", overrides), z);
  }

  @Test
  void aSmallZIsWarnedOfWithTheKeyThatHelps() {
    assertThat(warning(1e-6).orElseThrow())
        .contains("Z = 1e-06", "learner.optimizer.eps", "objective.normalise-by-z = true");
    assertThat(warning(1e-4)).isEmpty();
    assertThat(warning(1e-4, "learner.optimizer.eps", "1e-6")).isPresent();
  }

  @Test
  void aLargeZIsWarnedOfWhereGradientsAreClipped() {
    String clipping = "learner.optimizer.max-grad-norm";
    assertThat(warning(1e6, clipping, "1").orElseThrow()).contains(clipping + " = 1.0 clips");
    assertThat(warning(1e6, clipping, "0")).isEmpty();
  }

  @Test
  void nothingIsWarnedOfWhereTheUnitOfTheTargetIsGone() {
    assertThat(warning(1e-6, "objective.normalise-by-z", "true")).isEmpty();
    assertThat(
            warning(
                1e-6,
                "objective.type",
                "f-divergence",
                "objective.divergence",
                "jensen-shannon",
                "publish.interval-steps",
                "1"))
        .isEmpty();
    assertThat(warning(0)).as("nothing is known").isEmpty();
  }

  @Test
  void fewSequencesWithWeightAreWarnedOfWithTheNumberThatHelps() {
    var config = tiny.config("few", Map.of());
    int draw = config.samplers().batchSize();

    String warning = EventReport.sampleWarning(config, 1000, 4).orElseThrow();
    assertThat(warning)
        .contains(
            "only 4 of these sequences",
            "partition-function.bootstrap-sequences = %d would"
                .formatted((12_500 + draw - 1) / draw * draw));
    assertThat(EventReport.sampleWarning(config, 1000, 10)).isEmpty();
    var untilHits = tiny.config("few", Map.of("partition-function.bootstrap-hits", "50"));
    assertThat(EventReport.sampleWarning(untilHits, 1000, 4).orElseThrow())
        .as("more were drawn, up to the limit")
        .contains("partition-function.bootstrap-max-sequences = 12504 would");
    assertThat(EventReport.sampleWarning(config, 8, 8)).isEmpty();
  }
}
