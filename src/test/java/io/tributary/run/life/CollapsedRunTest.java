package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.tributary.metrics.Metric;
import io.tributary.testing.Cli;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.Waiting;
import io.tributary.testing.run.LiveRun;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose learning rate is so high that the policy forgets what the target is made of. */
@ExtendWith(TorchExtension.class)
@Slow
class CollapsedRunTest {
  private static final Map<String, String> TOO_FAST = at("0.1");

  @TempDir private Path directory;
  private TinyRun tiny;

  @BeforeEach
  void write() throws IOException {
    tiny = new TinyRun(directory);
  }

  private static Map<String, String> at(String learningRate) {
    return Map.of(
        "partition-function.bootstrap-sequences",
        "256",
        "learner.optimizer.learning-rate",
        learningRate);
  }

  private Cli run(String name, Map<String, String> settings) {
    return tiny.run(
        name,
        settings.entrySet().stream()
            .flatMap(setting -> Stream.of(setting.getKey() + "=" + setting.getValue()))
            .toArray(String[]::new));
  }

  @Test
  void consoleStatusAndMetricSayItWhileItGoesOn() throws Exception {
    try (LiveRun run = LiveRun.begin(tiny, "collapsed", TOO_FAST, workers -> workers)) {
      run.atStep(1);
      Waiting.until(
          "the loss is seen",
          () -> {
            run.requireAlive();
            return run.metrics().value(Metric.POLICY_LOSING_TARGET) == 1;
          });
      JsonObject status = run.status();
      assertThat(status.get("concern").getAsString())
          .startsWith("the policy is losing parts of the target: at step ")
          .contains("; lower learner.optimizer.learning-rate, ");
      assertThat(status.get("state").getAsString()).as("it goes on").isNotEqualTo("FAILED");
      assertThat(status.get("held_out_rise_nats").getAsDouble()).isGreaterThan(0.1);
      assertThat(run.http().metric("policy_losing_target")).isEqualTo(1);
      assertThat(run.http().metric("held_out_best_step"))
          .isEqualTo(status.get("held_out_best_step").getAsDouble());
      assertThat(run.shown())
          .containsOnlyOnce("warning: the policy is losing parts of the target: at step ");
      assertThat(run.http().get("/history").body()).contains("held_out_kl_nats");
    }
  }

  @Test
  void theEndAndTheFilesSayIt() throws IOException {
    Cli ended = run("ended", TOO_FAST);
    assertThat(ended.exitCode()).as(ended.err()).isZero();
    assertThat(ended.out())
        .contains("The policy has lost parts of the target: KL(p||pi) on held-out texts is ")
        .contains(" higher at step 12 than at step ");
    List<JsonObject> publications =
        tiny.rows("ended").stream().filter(row -> row.has("publication")).toList();
    assertThat(publications).extracting(row -> row.get("step").getAsInt()).endsWith(3, 6, 9, 12);
    JsonObject last = publications.get(publications.size() - 1);
    assertThat(last.get("policy_losing_target").getAsInt()).isEqualTo(1);
    assertThat(ended.out())
        .as("the line of a step waits for its publication")
        .containsPattern(
            "step 12/12 .* KL\\(p\\|\\|pi\\) %.2f ± "
                .formatted(last.get("held_out_kl_nats").getAsDouble()));
  }

  @Test
  void nothingIsSaidOfOneThatIsWell() {
    Cli well = run("well", at("1e-4"));
    assertThat(well.exitCode()).as(well.err()).isZero();
    assertThat(well.out()).contains("step 12/12").doesNotContain("parts of the target");
  }
}
