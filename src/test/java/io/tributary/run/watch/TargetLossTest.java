package io.tributary.run.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.ConfigLoader;
import io.tributary.config.TributaryConfig;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.protocol.RunStatus.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetLossTest {
  @TempDir private Path directory;
  private final TargetLoss loss = new TargetLoss();

  private TributaryConfig config(double maxGradNorm) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("some.conf"),
            """
            tributary { model.base = "test-data/models/base"
              target.features = [ { name = water, type = word, word = water } ] }
            """);
    return ConfigLoader.load(
        file, Map.of("learner.optimizer.max-grad-norm", Double.toString(maxGradNorm)));
  }

  private static List<Checkpoint> checkpoints(long... steps) {
    return LongStream.of(steps)
        .mapToObj(step -> new Checkpoint(step, Instant.EPOCH, 1, Double.NaN, false))
        .toList();
  }

  private static Measurements measured(double kl, double rise, boolean loses) {
    return new Measurements()
        .put(Metric.HELD_OUT_KL_NATS, kl)
        .put(Metric.HELD_OUT_RISE_NATS, rise)
        .put(Metric.HELD_OUT_RISE_STDERR_NATS, 0.125)
        .put(Metric.HELD_OUT_BEST_STEP, 15)
        .put(Metric.POLICY_LOSING_TARGET, loses ? 1 : 0);
  }

  @Test
  void itsBeginningAndItsEndAreALineEach() throws IOException {
    TributaryConfig config = config(0);
    assertThat(loss.published(15, measured(4, 0, false), config, List.of())).isEmpty();
    assertThat(loss.concern()).isNull();
    assertThat(loss.published(20, measured(4.5, 0.5, true), config, checkpoints(30, 14, 10)))
        .contains(
            "warning: the policy is losing parts of the target: at step 20 KL(p||pi) on held-out"
                + " texts is 4.50, 0.5 ± 0.13 more than at step 15; lower"
                + " learner.optimizer.learning-rate, set learner.optimizer.max-grad-norm, or use a"
                + " larger learner.batch-size; --resume=14 goes back to the newest checkpoint from"
                + " before");
    assertThat(loss.published(25, measured(5, 1, true), config, List.of())).isEmpty();
    assertThat(loss.concern())
        .as("is kept up to date")
        .contains("at step 25", "5.00, 1 ± 0.13 more")
        .doesNotContain("resume");
    assertThat(loss.ending())
        .isEqualTo(
            "The policy has lost parts of the target: KL(p||pi) on held-out texts is 1 ± 0.13"
                + " higher at step 25 than at step 15.");
    assertThat(loss.published(30, measured(4.03, 0.03, false), config, List.of()))
        .contains(
            "the policy is no longer losing parts of the target: at step 30 KL(p||pi) on held-out"
                + " texts is 4.03, 0.03 ± 0.13 more than at step 15");
    assertThat(loss.concern()).isNull();
    assertThat(loss.ending()).isNull();
  }

  @Test
  void aLimitOnTheNormIsAdvisedOnlyWhereThereIsNone() throws IOException {
    assertThat(loss.published(20, measured(4.5, 0.5, true), config(0.5), checkpoints(20)))
        .get()
        .asString()
        .endsWith("; lower learner.optimizer.learning-rate, or use a larger learner.batch-size");
  }

  @Test
  void nothingIsSaidWithoutHeldOutTexts() throws IOException {
    assertThat(loss.published(5, new Measurements(), config(0), List.of()))
        .isEqualTo(Optional.empty());
    assertThat(loss.concern()).isNull();
  }
}
