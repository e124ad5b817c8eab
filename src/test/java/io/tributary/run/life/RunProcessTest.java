package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.testing.Cli;
import io.tributary.testing.Http;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.run.RunProcess;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.math.BigInteger;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program in a process of its own, and what is left when it ends in the middle. */
@ExtendWith(TorchExtension.class)
@Slow
class RunProcessTest {
  private static final String WITHOUT_END = "run.steps=1000000";

  /** Runs a command whose output goes to a pipe that nobody reads and that takes nothing more. */
  private static final String INTO_A_FULL_PIPE =
      """
      mkfifo "$0" && exec 3<>"$0"
      dd if=/dev/zero of="$0" oflag=nonblock bs=4096 count=100000 2>/dev/null
      exec "$@" >&3 2>&3
      """;

  @TempDir Path directory;
  private TinyRun tiny;
  private RunProcess process;

  @BeforeEach
  void makeAModel() throws IOException {
    tiny = new TinyRun(directory);
  }

  @AfterEach
  void endTheProcess() {
    if (process != null) {
      process.close();
    }
  }

  /** The first {@code steps} steps of a run that nothing has disturbed. */
  private String undisturbed(long steps) throws IOException {
    Cli whole = tiny.run("whole", "run.steps=" + (steps + 1));
    assertThat(whole.exitCode()).as(whole.err()).isZero();
    List<String> rows =
        tiny.metrics("whole").lines().filter(line -> stepOf(line) <= steps).toList();
    return String.join("\n", rows) + "\n";
  }

  private static long stepOf(String row) {
    return JsonParser.parseString(row).getAsJsonObject().get("step").getAsLong();
  }

  @Test
  void aRunThatWasKilledGoesOnAsIfNothingHadHappened() throws Exception {
    process = tiny.start("killed", WITHOUT_END);
    process.until("step 8", () -> Files.isDirectory(tiny.checkpoint("killed", 8)));
    assertThat(process.kill()).isEqualTo(137);
    long reached = tiny.lastCheckpoint("killed");

    long steps = reached + 6;
    String whole = undisturbed(steps);
    Cli outcome = tiny.run("killed", "--resume", "run.steps=" + (steps + 1));
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("resuming from the checkpoint of step " + reached);
    assertThat(tiny.metrics("killed")).startsWith(whole);
    assertThat(tiny.metrics("killed")).isEqualTo(tiny.metrics("whole"));
  }

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130"})
  void aSignalEndsARunWithACheckpointOfItsLastStep(String signal, int exitCode) throws Exception {
    assumeFalse(
        signal.equals("INT") && ignoresInterrupts(),
        "SIGINT is ignored here, as in a shell's background job, and so it is in child processes");
    process = tiny.start("asked", WITHOUT_END, "samplers.count=2");
    process.until(
        "some steps", () -> tiny.home("asked").resolve("metrics.jsonl").toFile().length() > 5_000);
    process.signal(signal);
    assertThat(process.exitCode()).isEqualTo(exitCode);
    assertThat(tiny.output("asked")).content().contains("finishing what is in flight");

    List<JsonObject> rows = tiny.rows("asked");
    long last = rows.get(rows.size() - 1).get("step").getAsLong();
    assertThat(tiny.checkpoint("asked", (int) last)).isDirectory();
    Cli outcome = tiny.run("asked", "--resume", "run.steps=" + (last + 2));
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    String whole = undisturbed(last + 1);
    assertThat(tiny.metrics("asked")).startsWith(whole).isEqualTo(tiny.metrics("whole"));
  }

  /** From the mask of ignored signals that Linux gives; bit 1 is SIGINT. */
  private static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .map(line -> new BigInteger(line.substring("SigIgn:".length()).strip(), 16))
        .anyMatch(mask -> mask.testBit(1));
  }

  @Test
  void aRunAnswersOverHttpWhileItRuns() throws Exception {
    process = tiny.start("http", WITHOUT_END);
    Http http = process.http();
    process.until("ready", () -> http.get("/health/ready").statusCode() == 200);
    process.until("five steps", () -> http.json("/status").get("step").getAsLong() >= 5);

    JsonObject status = http.json("/status");
    assertThat(status.get("run").getAsString()).isEqualTo("http");
    assertThat(status.get("state").getAsString()).isIn("RUNNING", "THROTTLED", "WAITING_FOR_DATA");
    assertThat(status.get("proposal_version").getAsLong()).isPositive();
    assertThat(status.getAsJsonObject("sampler_proposal_version").keySet())
        .containsExactly("sampler-0");
    assertThat(status.get("last_checkpoint").isJsonObject()).isTrue();
    assertThat(status.getAsJsonObject("kl_nats").has("p_pi")).isTrue();
    assertThat(http.get("/health/live").statusCode()).isEqualTo(200);
    String metrics = http.get("/metrics").body();
    for (String line :
        List.of(
            "learner_steps [1-9]",
            "stage_sequences_total\\{stage=\"sampler\"} [1-9]",
            "stage_sequences_total\\{stage=\"scorer\"} [1-9]",
            "stage_failures_total\\{reason=\"error\",stage=\"sampler\"} 0",
            "sequence_staleness_steps_count [1-9]",
            "sampler_proposal_version\\{sampler=\"sampler-0\"} [1-9]",
            "checkpoint_size_bytes [1-9]",
            "feature_moment\\{distribution=\"pi\",feature=\"letter\"} [01]")) {
      assertThat(Pattern.compile("(?m)^tributary_" + line).matcher(metrics).find())
          .as(line)
          .isTrue();
    }

    Cli second = tiny.run("http", "--resume");
    assertThat(second.exitCode()).isEqualTo(2);
    assertThat(second.err()).contains("is in use by another trainer").hasLineCount(1);
    assertThat(process.isAlive()).isTrue();
  }

  private RunProcess startIntoAFullPipe(String... settings) throws IOException {
    return tiny.startThrough(
        List.of("bash", "-c", INTO_A_FULL_PIPE, directory + "/pipe"),
        "unread",
        Stream.concat(Stream.of("-v"), Stream.of(settings)).toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({"run.steps=2, 0", "model.base=nowhere, 2"})
  void aRunWhoseOutputNobodyReadsEndsWhenItIsDone(String setting, int exitCode) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "no named pipes here");
    process = startIntoAFullPipe(setting);
    assertThat(process.exitCode()).isEqualTo(exitCode);
  }

  @Test
  void aRunWhoseOutputNobodyReadsAnswersAndASignalEndsItWithACheckpoint() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "no named pipes here");
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    process = startIntoAFullPipe(WITHOUT_END, "http.port=" + port);
    Http http = new Http(URI.create("http://127.0.0.1:" + port));
    process.until(
        "some steps", () -> tiny.home("unread").resolve("metrics.jsonl").toFile().length() > 5_000);
    assertThat(http.get("/health/live").statusCode()).isEqualTo(200);
    process.signal("TERM");
    assertThat(process.exitCode(Duration.ofSeconds(20))).isEqualTo(143);
    List<JsonObject> rows = tiny.rows("unread");
    assertThat(tiny.checkpoint("unread", rows.get(rows.size() - 1).get("step").getAsInt()))
        .isDirectory();
  }

  @Test
  void whatCanNotBeUsedIsOneLineOnStandardError() throws Exception {
    String never = "target.features=[{name = never, type = word, word = antidisestablishment}]";
    process = tiny.start("word", never);
    assertThat(process.exitCode()).isEqualTo(2);
    assertThat(Files.readAllLines(tiny.output("word")))
        .filteredOn(line -> !line.matches("(run word: |AMD processor: ).*"))
        .singleElement()
        .satisfies(
            line -> assertThat(line).startsWith("tributary run: target.features: \"never\""));
    assertThat(tiny.home("word").resolve("tributary.log"))
        .content()
        .contains("occurs in none of 32 sequences", "at io.tributary.stage.learn.Learner");
  }
}
