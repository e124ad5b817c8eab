package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.google.gson.JsonObject;
import io.tributary.config.ConfigLoader;
import io.tributary.data.BadInputException;
import io.tributary.run.files.RunDirectory;
import io.tributary.run.life.TrainingService;
import io.tributary.testing.Cli;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** The verb {@code run} in this process. */
@Slow
@ExtendWith(TorchExtension.class)
class RunVerbTest {
  @TempDir private static Path directory;
  private static TinyRun tiny;
  private static Cli whole;

  @BeforeAll
  static void runOnce() throws IOException {
    tiny = new TinyRun(directory);
    whole = tiny.run("whole");
  }

  private static void assertBadInput(Cli outcome, String... message) {
    assertThat(outcome.err()).contains(message).hasLineCount(1);
    assertThat(outcome.exitCode()).isEqualTo(2);
  }

  @Test
  void aRunEndsWellAndShowsWhatItReached() {
    assertThat(whole.err()).isEmpty();
    assertThat(whole.exitCode()).isZero();
    assertThat(whole.out())
        .containsPattern("run whole: http://127.0.0.1:\\d+, files in " + tiny.home("whole"))
        .contains("Z = ", "from 32 sequences of the base model")
        .contains("step 12/12", "evaluation at step 0", "evaluation at step 12")
        .contains("before", "after", "E[letter]", "KL(p||pi)", "KL(pi||a)")
        .contains("The base model writes:", "The policy writes:");
  }

  @Test
  void everyStepAndEveryEvaluationHasARow() throws IOException {
    List<JsonObject> rows = tiny.rows("whole");
    List<JsonObject> evaluations = rows.stream().filter(row -> row.has("evaluation")).toList();
    List<JsonObject> steps = rows.stream().filter(row -> !row.has("evaluation")).toList();
    assertThat(evaluations)
        .extracting(row -> row.get("step").getAsInt())
        .containsExactly(0, 5, 10, 12);
    assertThat(steps)
        .extracting(row -> row.get("step").getAsInt())
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    assertThat(rows.get(0).has("evaluation")).isTrue();
    assertThat(rows.get(rows.size() - 1).has("evaluation")).isTrue();
    for (JsonObject row : steps) {
      assertThat(row.get("sequences").getAsInt()).isEqualTo(16 * row.get("step").getAsInt());
      assertThat(row.keySet())
          .contains(
              "partition_function",
              "partition_function_stderr",
              "learner_loss",
              "learner_gradient_norm",
              "learner_learning_rate",
              "kl_nats",
              "total_variation",
              "advantage_mean");
      assertThat(row.getAsJsonObject("kl_nats").keySet()).contains("p_pi", "p_q", "pi_a");
      assertThat(moments(row).keySet()).containsExactly("pi", "q");
    }
    for (JsonObject row : evaluations) {
      assertThat(row.getAsJsonObject("kl_nats").keySet()).contains("p_pi", "pi_a");
      assertThat(row.keySet())
          .contains("distinct_1", "distinct_2", "distinct_3", "perplexity_base")
          .contains("self_bleu_3", "self_bleu_4", "self_bleu_5", "feature_moment_stderr");
      assertThat(moments(row).keySet()).containsExactly("pi");
    }
    JsonObject first = rows.get(0).getAsJsonObject("kl_nats");
    assertThat(first.get("pi_a").getAsDouble()).as("pi starts as a").isBetween(-1e-4, 1e-4);
  }

  private static JsonObject moments(JsonObject row) {
    return row.getAsJsonObject("feature_moment").getAsJsonObject("letter");
  }

  @Test
  void theFilesOfARunAreThere() throws IOException {
    Path home = tiny.home("whole");
    assertThat(ConfigLoader.load(home.resolve("effective.conf"), Map.of()))
        .isEqualTo(tiny.config("whole", Map.of()));
    assertThat(tiny.checkpoints("whole")).containsExactly("step-00000008", "step-00000012");
    assertThat(home.resolve("tributary.log")).exists();
    assertThat(home.resolve("versions.jsonl")).content().hasLineCount(4);
    assertThat(Files.readAllLines(home.resolve("samples.jsonl")))
        .hasSize(12)
        .allMatch(line -> line.contains("\"text\":") && line.contains("\"weight\":"));
  }

  @Test
  void aDirectoryThatHoldsARunIsNotOverwritten() throws IOException {
    String before = tiny.metrics("whole");
    assertBadInput(tiny.run("whole"), tiny.home("whole") + " already holds a run", "--resume");
    assertThat(tiny.metrics("whole")).isEqualTo(before);
  }

  @Test
  void goingOnWithAFinishedRunSaysSo() throws IOException {
    String before = tiny.metrics("whole");
    Cli outcome = tiny.run("whole", "--resume");
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out())
        .startsWith("reading the checkpoint to resume from in " + tiny.home("whole"))
        .contains("is finished: it has made its 12 steps")
        .hasLineCount(2);
    assertThat(tiny.metrics("whole")).isEqualTo(before);
    Path texts = tiny.home("whole").resolve("comparison.json");
    String drawn = Files.readString(texts);
    Files.delete(texts); // as if the end had been cut off
    assertThat(tiny.run("whole", "--resume").exitCode()).isZero();
    assertThat(texts).hasContent(drawn);
    assertBadInput(
        tiny.run("whole", "--resume", "samplers.max-length=7"),
        "samplers.max-length: the checkpoint of step 12");
  }

  @Test
  void theNumberOfWorkersChangesNothing() throws IOException {
    Cli outcome = tiny.run("three", "samplers.count=3", "scorers.count=2");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(tiny.metrics("three")).isEqualTo(tiny.metrics("whole"));
  }

  @Test
  void aBootstrapGoesOnUntilThereAreEnoughHitsWhateverTheNumberOfWorkers() throws IOException {
    List<String> settings =
        List.of(
            "target.features=[{ name = rare, type = wordlist, words = [a, b] }]",
            "partition-function.bootstrap-sequences=8",
            "partition-function.bootstrap-hits=30");
    Cli one = tiny.run("hits", settings.toArray(String[]::new));
    assertThat(one.exitCode()).as(one.err()).isZero();
    Stream<String> more = Stream.of("samplers.count=3", "scorers.count=2");
    Cli three =
        tiny.run("hits-of-three", Stream.concat(settings.stream(), more).toArray(String[]::new));
    assertThat(three.exitCode()).as(three.err()).isZero();

    Path hits = tiny.home("hits").resolve("target-sample.jsonl");
    assertThat(Files.readAllLines(hits)).as("a batch has 16").hasSizeBetween(30, 30 + 15);
    assertThat(hits)
        .content()
        .isEqualTo(Files.readString(tiny.home("hits-of-three").resolve("target-sample.jsonl")));
    assertThat(tiny.metrics("hits-of-three")).isEqualTo(tiny.metrics("hits"));
    List<JsonObject> rows =
        tiny.rows("hits").stream().filter(row -> !row.has("publication")).toList();
    assertThat(rows.get(rows.size() - 1).get("partition_function"))
        .as("of the last evaluation")
        .isNotNull()
        .isEqualTo(rows.get(rows.size() - 2).get("partition_function"));
    assertThat(rows.get(0).get("partition_function")).as("of the bootstrap").isNotNull();
  }

  @Test
  void aBootstrapThatFindsTooFewHitsEndsAtItsLimitWithAWarning() throws IOException {
    Cli outcome =
        tiny.run(
            "few-hits",
            "target.features=[{ name = rare, type = wordlist, words = [a] }]",
            "partition-function.bootstrap-sequences=8",
            "partition-function.bootstrap-hits=30",
            "partition-function.bootstrap-max-sequences=60");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("from 56 sequences of the base model")
        .containsPattern(
            "warning: the target allows only \\d of these sequences, so Z is uncertain;"
                + " partition-function.bootstrap-max-sequences = \\d+ would give about 50")
        .contains("step 12/12");
  }

  @Test
  void aBootstrapThatFindsNothingFailsAtItsLimit() throws IOException {
    assertBadInput(
        tiny.run(
            "no-hits",
            "target.features=[{ name = none, type = wordlist, words = [impossible] }]",
            "partition-function.bootstrap-hits=1",
            "partition-function.bootstrap-max-sequences=64"),
        "none of 64 sequences",
        "(partition-function.bootstrap-max-sequences)");
  }

  @Test
  void aRunGoesOnFromTheCheckpointThatIsAskedFor() throws IOException {
    assertThat(tiny.run("again").exitCode()).isZero();
    Logger log = (Logger) LoggerFactory.getLogger(TrainingService.class);
    log.setLevel(Level.INFO); // as where the program runs
    Cli outcome = tiny.run("again", "--resume=8", "checkpoint.keep=1");
    log.setLevel(null);
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("resuming from the checkpoint of step 8");
    assertThat(tiny.home("again").resolve("tributary.log"))
        .content()
        .contains(
            "checkpoints of later steps are moved aside: [12]",
            "resuming from the checkpoint of step 8");
    assertThat(tiny.metrics("again")).isEqualTo(tiny.metrics("whole"));
    assertThat(tiny.checkpoints("again"))
        .as("the one that was put aside has a successor")
        .containsExactly("step-00000012");
    assertBadInput(tiny.run("again", "--resume=7"), "step-00000007", "does not exist");
  }

  @Test
  void aRunGoesOnWithDrawsAndBatchesOfOtherSizes() throws IOException {
    assertThat(tiny.run("sizes", "run.steps=8").exitCode()).isZero();
    Cli outcome = tiny.run("sizes", "--resume", "samplers.batch-size=4", "learner.batch-size=12");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    List<JsonObject> rows = tiny.rows("sizes");
    JsonObject last = rows.get(rows.size() - 1);
    assertThat(last.get("step").getAsLong()).isEqualTo(12);
    assertThat(last.get("sequences").getAsLong()).isEqualTo(8 * 16 + 4 * 12);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reinforce | objective.type=reinforce objective.baseline=running-mean"
            + " publish.interval-steps=1",
        "kl-control | objective.type=kl-control objective.beta=0.1 publish.interval-steps=1"
            + " partition-function.estimator=window partition-function.window-sequences=40",
        "fresh | proposal.window=fresh proposal.window-sequences=32 proposal.keep-best=true"
            + " partition-function.estimator=exponential",
        "divergence | objective.type=f-divergence objective.divergence=jensen-shannon"
            + " proposal.criterion=tvd proposal.keep-best=true"
      })
  void everyObjectiveGoesOnFromACheckpointAsIfNothingHadBeen(String name, String overrides)
      throws IOException {
    List<String> arguments = new ArrayList<>();
    for (String override : overrides.split(" ", -1)) {
      arguments.addAll(List.of(override));
    }
    Cli outcome = tiny.run(name, arguments.toArray(String[]::new));
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    String rows = tiny.metrics(name);
    assertThat(rows).isNotEqualTo(tiny.metrics("whole")).contains("reward_mean");
    arguments.add("--resume=8");
    Cli resumed = tiny.run(name, arguments.toArray(String[]::new));
    assertThat(resumed.out()).contains("resuming from the checkpoint of step 8");
    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(tiny.metrics(name)).isEqualTo(rows);
  }

  @Test
  void moreSequencesInFlightAndTheOtherObjectiveEndWellToo() throws IOException {
    Cli outcome =
        tiny.run("stale", "stream.max-staleness-steps=2", "samplers.count=2", "objective.type=gdc");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(tiny.rows("stale")).hasSize(16);
  }

  @Slow
  @Test
  void proximalOptimisationEndsWellAndGoesOnBitByBit() throws IOException {
    List<String> settings =
        List.of(
            "objective.type=kl-control",
            "objective.form=ppo",
            "objective.beta=0.1",
            "objective.target-kl=0.5",
            "objective.ppo.minibatches=2",
            "publish.interval-steps=1");
    String[] overrides = settings.stream().flatMap(s -> Stream.of(s)).toArray(String[]::new);
    Cli outcome = tiny.run("ppo", overrides);
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    List<JsonObject> steps =
        tiny.rows("ppo").stream().filter(row -> !row.has("evaluation")).toList();
    assertThat(steps)
        .hasSize(12)
        .allSatisfy(
            row ->
                assertThat(row.keySet())
                    .contains(
                        "policy_loss",
                        "value_loss",
                        "clipped_tokens_ratio",
                        "kl_control_beta",
                        "kl_penalty",
                        "reward_mean",
                        "kl_nats",
                        "total_variation",
                        "partition_function"));
    assertThat(tiny.checkpoint("ppo", 12).resolve("value-head.safetensors")).exists();

    String whole = tiny.metrics("ppo");
    String[] resume =
        Stream.concat(Stream.of("--resume=8"), Stream.of(overrides)).toArray(String[]::new);
    outcome = tiny.run("ppo", resume);
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(tiny.metrics("ppo")).isEqualTo(whole);
    assertBadInput(
        tiny.run("ppo", "--resume=8"),
        "objective.form: the checkpoint of step 8 was made with ppo, this configuration has"
            + " policy-gradient");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lerner.batch-size=4 | lerner",
        "learner.batch-size=many | learner.batch-size",
        "learner.batch-size=17 | multiple of samplers.batch-size",
        "model.base=/no/such/model | /no/such/model",
        "samplers.max-length=17 | needs 17 positions, but the model",
        "samplers.devices=[\"gpu:7\"] | gpu:7",
        "run.directory=/dev/null/runs | /dev/null/runs"
      })
  void whatCanNotBeUsedIsOneMessage(String override, String message) {
    assertBadInput(tiny.run("bad", override), message);
    assertThat(tiny.home("bad").resolve("metrics.jsonl")).doesNotExist();
  }

  @Test
  void aWordThatNeverOccursIsOneMessageAndTheNextRunNeedsNoResume() throws IOException {
    String never = "target.features=[{name = never, type = word, word = antidisestablishment}]";
    assertBadInput(tiny.run("word", never), "\"never\" occurs in none of 32 sequences");
    assertThat(tiny.run("word").exitCode()).isZero();
    assertThat(tiny.metrics("word")).isEqualTo(tiny.metrics("whole"));
  }

  @Test
  void aPortInUseIsOneMessageAndNothingHasBegun() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Cli outcome = tiny.run("port", "http.port=" + other.getLocalPort());
      assertBadInput(outcome, "http.port: " + other.getLocalPort());
    }
    assertThat(tiny.home("port").resolve("metrics.jsonl")).doesNotExist();
    assertThat(tiny.run("port", "run.steps=1").exitCode()).isZero();
  }

  @Test
  void aCheckpointOfAnotherModelIsOneMessageAndNothingIsLost() throws IOException {
    assertThat(tiny.run("other", "run.steps=4").exitCode()).isZero();
    Path home = tiny.home("other");
    List<String> before = contents(home);
    String weights = "model.base=" + tiny.model("weights", 16, 2);
    assertBadInput(
        tiny.run("other", "--resume", weights), "model.base: the checkpoint of step 4 was made");
    String shape = "model.base=" + tiny.model("shape", 32, 1);
    assertBadInput(
        tiny.run("other", "--resume", shape), "model.base: the checkpoint of step 4 was made");
    assertThat(contents(home)).isEqualTo(before);

    assertThat(tiny.run("other", "--resume").exitCode()).isZero();
    assertThat(tiny.metrics("other").lines().filter(line -> !line.contains("evaluation")))
        .containsExactlyElementsOf(
            tiny.metrics("whole").lines().filter(line -> !line.contains("evaluation")).toList());
  }

  @Test
  void aCheckpointOfANewerProgramIsOneMessageAndNothingIsTouched() throws IOException {
    assertThat(tiny.run("newer", "run.steps=8").exitCode()).isZero();
    Path manifest = tiny.checkpoint("newer", 8).resolve("manifest.json");
    Files.writeString(
        manifest, Files.readString(manifest).replaceFirst("\"format\": \\d+", "\"format\": 99"));
    List<String> before = contents(tiny.home("newer"));
    assertBadInput(
        tiny.run("newer", "--resume"), "step-00000008 has format 99", "use a newer program");
    assertThat(contents(tiny.home("newer"))).isEqualTo(before);
    assertThat(tiny.checkpoints("newer")).containsExactly("step-00000004", "step-00000008");
    assertThat(manifest).content().contains("\"format\": 99");

    assertThat(tiny.run("newer", "--resume=4").exitCode()).as("it was asked for").isZero();
  }

  private static List<String> contents(Path home) throws IOException {
    return List.of(
        Files.readString(home.resolve("metrics.jsonl")),
        Files.readString(home.resolve("samples.jsonl")),
        Files.readString(home.resolve("versions.jsonl")),
        Files.readString(home.resolve("effective.conf")),
        Files.readString(home.resolve("checkpoints/step-00000004/manifest.json")));
  }

  @Test
  void aRunThatMadeNoCheckpointBeginsAgain() throws IOException {
    Files.createDirectories(tiny.home("early"));
    Files.writeString(
        tiny.home("early").resolve("metrics.jsonl"),
        "{\"step\":0,\"sequences\":0,\"evaluation\":true}\n{\"step\":1,\"sequences\":16}\n{\"st");
    Files.createFile(tiny.home("early").resolve("effective.conf"));
    Cli outcome = tiny.run("early", "--resume");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("no checkpoint in").contains("yet: the run begins");
    assertThat(tiny.metrics("early")).isEqualTo(tiny.metrics("whole"));
  }

  @Test
  void whatASupervisorStartsAgainAndAgainBeginsOnceAndThenGoesOn() throws IOException {
    String[] begins = {"--resume=if-any", "run.steps=4"};
    assertThat(tiny.run("supervised", begins).exitCode()).isZero();
    assertThat(tiny.run("supervised", begins).out()).contains("is finished: it has made its 4");
    Cli later = tiny.run("supervised", "--resume=if-any", "run.steps=5");
    assertThat(later.exitCode()).isZero();
    assertThat(later.out()).contains("resuming from the checkpoint of step 4");
    Cli mistyped = tiny.run("supervised", "--resume=often");
    assertThat(mistyped.exitCode()).isEqualTo(2);
    assertThat(mistyped.err()).contains("expected the step of a checkpoint, or if-any");
  }

  @Test
  void goingOnWithARunThatIsNotThereNamesThoseThatAre() {
    assertBadInput(
        tiny.run("mistyped", "--resume"), tiny.home("mistyped") + " holds no run", "whole");
    assertThat(tiny.home("mistyped")).doesNotExist();
  }

  @Test
  void aDirectoryIsUsedByOneTrainerAtATime() {
    try (RunDirectory claimed = RunDirectory.claim(tiny.config("used", Map.of()), false, 0)) {
      assertBadInput(tiny.run("used"), claimed.home() + " is in use by another trainer");
    }
    RunDirectory.claim(tiny.config("used", Map.of()), false, 0).close();
  }

  @Test
  void aDiskWithoutRoomForACheckpointIsRefused() {
    var config = tiny.config("room", Map.of());
    assertThatThrownBy(() -> RunDirectory.claim(config, false, Long.MAX_VALUE))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(
            "bytes left, keeping 2 checkpoints while another one is written takes"
                + " 9,223,372,036,854,775,807");
    RunDirectory.claim(config, false, 0).close();
  }
}
