package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.testing.Cli;
import io.tributary.testing.Http;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.run.RunProcess;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose target has lambdas, which are fitted at their beginning. */
@ExtendWith(TorchExtension.class)
class DistributionalRunTest {
  private static final String[] TARGET = target(7, 640);

  @TempDir private static Path directory;
  private static TinyRun tiny;
  private static Cli whole;

  @BeforeAll
  static void runOnce() throws IOException {
    tiny = new TinyRun(directory);
    whole = run("whole");
  }

  private static String[] target(double length, int sequences) {
    return new String[] {
      "target.features=[{name = letter, type = wordlist, words = [a, b, c, d, e, f], moment = 0.5},"
          + " {name = length, type = length, moment = %s}]".formatted(length),
      "target.fit.sequences=" + sequences,
      "target.fit.max-sequences=" + 2L * sequences,
      "target.fit.min-effective-sample-size=20"
    };
  }

  private static Cli run(String name, String... more) {
    return tiny.run(name, Stream.concat(Stream.of(TARGET), Stream.of(more)).toArray(String[]::new));
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }

  private static JsonObject lambdas(String name, int step) throws IOException {
    return json(tiny.checkpoint(name, step).resolve("state.json")).getAsJsonObject("lambdas");
  }

  @Test
  void lambdasAreFittedShownAndKept() throws IOException {
    assertThat(whole.err()).isEmpty();
    assertThat(whole.exitCode()).isZero();
    assertThat(whole.out())
        .containsPattern(
            "lambda fitted on [\\d,]+ sequences of the base model, effective sample size [\\d,]+")
        .containsPattern("lambda\\[letter] = \\S+ ± \\S+  E\\[letter] 0.5000 ± \\S+ of 0.5000")
        .containsPattern("lambda\\[length] = \\S+ ± \\S+  E\\[length] 7.00 ± \\S+ of 7.00");
    JsonObject fit = json(tiny.home("whole").resolve("fit.json"));
    assertThat(lambdas("whole", 8)).isEqualTo(fit.getAsJsonObject("lambda"));
    assertThat(lambdas("whole", 12)).isEqualTo(fit.getAsJsonObject("lambda"));
    JsonObject first = tiny.rows("whole").get(1);
    double z = fit.get("Z").getAsDouble();
    assertThat(first.get("partition_function").getAsDouble()).isEqualTo(z, within(0.5 * z));
  }

  @Slow
  @Test
  void goingOnTakesTheLambdasOfTheCheckpointAndChangesNothing() throws IOException {
    assertThat(run("again", "run.steps=5").exitCode()).isZero();
    Files.delete(tiny.home("again").resolve("fit.json"));
    Cli outcome = run("again", "--resume");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("resuming from").doesNotContain("lambda fitted");
    assertThat(tiny.home("again").resolve("fit.json")).doesNotExist();
    assertThat(lambdas("again", 12)).isEqualTo(lambdas("whole", 12));
    assertThat(steps("again")).isEqualTo(steps("whole"));
  }

  /** Rows of steps; an interrupted run has one evaluation more. */
  private static java.util.List<JsonObject> steps(String name) throws IOException {
    return tiny.rows(name).stream().filter(row -> !row.has("evaluation")).toList();
  }

  @Test
  void anotherFitIsAnotherRun() throws IOException {
    assertThat(run("other", "run.steps=4").exitCode()).isZero();
    Cli outcome = run("other", "--resume", "target.fit.tolerance=0.2");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("target.fit: the checkpoint of step 4").hasLineCount(1);
  }

  @Slow
  @Test
  void momentsThatCanNotBeHadEndTheRunBeforeItBegins() throws IOException {
    Cli outcome = tiny.run("long", target(9, 640));
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("tributary run: target.features: \"length\"")
        .hasLineCount(1);
    assertThat(tiny.home("long").resolve("metrics.jsonl")).doesNotExist();
    assertThat(run("long", "run.steps=1").exitCode()).isZero();
  }

  @Test
  void klControlNeedsNoFitAndItsFeaturesHaveNoTarget() throws IOException {
    Cli outcome =
        tiny.run(
            "control",
            "run.steps=4",
            "target.kl-control={beta = 0.5, reward = [{feature = letter, weight = 2}]}");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .doesNotContain("lambda fitted")
        .containsPattern("E\\[letter] \\S+  KL")
        .containsPattern("E\\[letter] +\\S+ ± \\S+ +\\S+ ± \\S+ +-\n");
    assertThat(lambdas("control", 4)).hasToString("{\"letter\":4.0}");
  }

  @Test
  void aFitThatCanNotBeWrittenEndsTheRunBeforeItBegins() throws IOException {
    Path inTheWay = tiny.home("blocked").resolve("fit.json");
    Files.createDirectories(inTheWay.resolve("folder"));
    Cli outcome = run("blocked", "run.steps=1");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("run.directory: " + inTheWay + " can't be written");
    assertThat(tiny.home("blocked").resolve("metrics.jsonl")).doesNotExist();
  }

  @Slow
  @Test
  void aSignalEndsAFitAndTheRunHasNotBegun() throws Exception {
    try (RunProcess process =
        tiny.start(
            "asked",
            Stream.concat(Stream.of(target(7, 1_000_000_000)), Stream.of("samplers.count=2"))
                .toArray(String[]::new))) {
      Http http = process.http();
      process.until("it fits", () -> state(http).equals("FITTING"));
      process.signal("TERM");
      assertThat(process.exitCode()).isEqualTo(143);
    }
    assertThat(tiny.home("asked").resolve("fit.json")).doesNotExist();
    assertThat(tiny.home("asked").resolve("metrics.jsonl")).doesNotExist();
    assertThat(run("asked", "run.steps=1").exitCode()).isZero();
  }

  @Slow
  @Test
  void aDrainEndsAFit() throws Exception {
    try (RunProcess process = tiny.start("drained", target(7, 1_000_000_000))) {
      Http http = process.http();
      process.until("it fits", () -> state(http).equals("FITTING"));
      assertThat(http.post("/control/drain").body()).contains("the run ends before it has begun");
      assertThat(process.exitCode()).isZero();
      assertThat(process.output()).doesNotContain("lambda fitted");
    }
    assertThat(tiny.home("drained").resolve("fit.json")).doesNotExist();
  }

  /** What {@code /status} and the metric say, once both agree; empty before. */
  private static String state(Http http) throws IOException, InterruptedException {
    String state = http.json("/status").get("state").getAsString();
    String one = "tributary_service_state{state=\"" + state + "\"} 1";
    return http.get("/metrics").body().contains(one) ? state : "";
  }
}
