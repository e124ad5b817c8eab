package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.config.ConfigLoader;
import io.tributary.config.EffectiveConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.ServiceControl;
import io.tributary.protocol.ServiceControl.Action;
import io.tributary.protocol.ServiceControl.Answer;
import io.tributary.protocol.ServiceControl.Done;
import io.tributary.protocol.ServiceControl.Invalid;
import io.tributary.protocol.ServiceControl.Unable;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.run.watch.RunConsole;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.run.Conservation;
import io.tributary.testing.run.FaultyWorkers;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What operators do to a run, done to a whole one. */
@ExtendWith(TorchExtension.class)
class RunControlTest {
  private static final String OPERATOR = "127.0.0.1:4711";
  private static final int BOOTSTRAP = 32;
  private static final int BATCH = 16;

  @TempDir private static Path directory;
  private static TinyRun tiny;
  private static String undisturbed;

  private final StringWriter shown = new StringWriter();
  private RunMetrics metrics;
  private ServiceControl control;
  private CompletableFuture<Void> run;

  @BeforeAll
  static void runOnce() throws IOException {
    tiny = new TinyRun(directory);
    assertThat(tiny.run("whole").exitCode()).isZero();
    undisturbed = tiny.metrics("whole");
  }

  /** Starts a run in a thread of its own. */
  private void start(
      String name,
      Map<String, String> overrides,
      Consumer<LearnerEvent> listener,
      UnaryOperator<WorkerBehaviors> change)
      throws Exception {
    TrainingService service =
        new TrainingService(
            EffectiveConfig.of(tiny.config(name, overrides)),
            new RunConsole(new PrintWriter(shown), false),
            listener,
            (parts, madeMetrics) -> {
              metrics = madeMetrics;
              return change.apply(WorkerBehaviors.of(parts, madeMetrics));
            },
            Clock.systemUTC());
    run = CompletableFuture.runAsync(() -> service.run(TrainingService.Resume.NO));
    control =
        CompletableFuture.anyOf(service.control().toCompletableFuture(), run)
            .thenApply(ServiceControl.class::cast)
            .get(30, TimeUnit.SECONDS);
  }

  private Answer perform(Action action) throws Exception {
    return control.perform(action, OPERATOR).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private Answer change(Map<String, String> values) throws Exception {
    return control.change(values, OPERATOR).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private long steps() {
    return (long) metrics.value(Metric.LEARNER_STEPS);
  }

  private double sequences(String stage) {
    return metrics.value(Metric.STAGE_SEQUENCES_TOTAL, stage);
  }

  private boolean is(String state) {
    return metrics.value(Metric.SERVICE_STATE, state) == 1;
  }

  private void await(String what, BooleanSupplier holds) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(run.isCompletedExceptionally()).as("the run has failed").isFalse();
      assertThat(System.nanoTime()).as("%s, %d steps", what, steps()).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private void awaitSteps(long more) throws Exception {
    long wanted = steps() + more;
    await(more + " more steps", () -> steps() >= wanted);
  }

  /** Waits until all that was drawn is learned but what fills no batch. */
  private void awaitQuiet() throws Exception {
    await(
        "quiet",
        () ->
            sequences("sampler") == sequences("scorer")
                && sequences("sampler") - BOOTSTRAP - steps() * BATCH < BATCH
                && metrics.value(Metric.STAGE_INFLIGHT_SEQUENCES, "learner") == 0);
  }

  private double confirmedSamplers() {
    return Stream.of(0, 1, 2)
        .filter(
            place ->
                text()
                    .contains(
                        "tributary_sampler_proposal_version{sampler=\"sampler-" + place + "\"}"))
        .count();
  }

  private String text() {
    return new String(metrics.scrape(null).body(), java.nio.charset.StandardCharsets.UTF_8);
  }

  @Slow
  @Test
  void aRunIsPausedResizedChangedSwappedSavedAndDrainedAndEveryDrawIsLearnedOnce()
      throws Exception {
    start(
        "operated",
        Map.of(
            "run.steps", "100000",
            "stream.max-staleness-steps", "2",
            "evaluation.interval-steps", "1",
            "samples.per-interval", "16",
            "checkpoint.interval-steps", "1000"),
        event -> {},
        workers -> workers);
    await("the first step", () -> steps() > 0);

    assertThat(perform(Action.PAUSE_SAMPLING)).isInstanceOf(Done.class);
    awaitQuiet();
    assertThat(is("PAUSED")).isTrue();
    long paused = steps();
    Answer saved = perform(Action.CHECKPOINT);
    assertThat(saved)
        .isEqualTo(
            new Done(
                "checkpoint of step %d: %s"
                    .formatted(paused, tiny.checkpoint("operated", (int) paused))));
    assertThat(tiny.checkpoint("operated", (int) paused)).isDirectory();

    Map<String, String> more = new HashMap<>();
    more.put("samplers.count", "3");
    more.put("scorers.count", "2");
    more.put("stream.max-staleness-steps", "3");
    more.put("learner.optimizer.learning-rate", "0.5");
    assertThat(change(more)).isInstanceOf(Done.class);
    await("three samplers", () -> confirmedSamplers() == 3);
    assertThat(steps()).as("still paused").isEqualTo(paused);
    assertThat(perform(Action.SWAP_PROPOSAL)).isInstanceOf(Done.class);

    assertThat(perform(Action.RESUME)).isInstanceOf(Done.class);
    awaitSteps(6);
    assertThat(is("PAUSED")).isFalse();
    assertThat(metrics.value(Metric.LEARNER_LEARNING_RATE)).isEqualTo(0.5);

    assertThat(perform(Action.PAUSE_LEARNING)).isInstanceOf(Done.class);
    await(
        "the bound",
        () ->
            metrics.value(Metric.STAGE_INFLIGHT_SEQUENCES, "learner") == 0
                && sequences("scorer") == BOOTSTRAP + (steps() + 4) * BATCH);
    assertThat(
            change(
                Map.of(
                    "samplers.count", "1",
                    "scorers.count", "1",
                    "stream.max-staleness-steps", "0")))
        .isInstanceOf(Done.class);
    await("one sampler", () -> confirmedSamplers() == 1);
    assertThat(perform(Action.RESUME)).isInstanceOf(Done.class);
    awaitSteps(8);

    assertThat(change(Map.of("samplers.count", "2", "learner.batch-size", "8")))
        .isEqualTo(
            new Invalid(
                "tributary.learner.batch-size can't be changed during a run; drain and"
                    + " resume to change it. Keys that can be changed: "
                    + String.join(
                        ", ",
                        Stream.of(io.tributary.config.LiveKey.values())
                            .map(io.tributary.config.LiveKey::key)
                            .toList())));
    assertThat(change(Map.of("samplers.count", "2", "publish.interval-steps", "0")))
        .isEqualTo(new Invalid("tributary.publish.interval-steps must be at least 1, got 0"));
    assertThat(change(Map.of("samplers.cuont", "2")))
        .isEqualTo(new Invalid("unknown key tributary.samplers.cuont; did you mean count?"));
    metrics.set(Metric.MEMORY_LIMIT_BYTES, 100 << 10);
    assertThat(change(Map.of("samplers.count", "9")))
        .isInstanceOfSatisfying(
            Invalid.class,
            invalid ->
                assertThat(invalid.text())
                    .matches(
                        "tributary.samplers.count = 9 with tributary.scorers.count = 1 takes about"
                            + " [\\d.]+ MiB of memory for tensors on the CPU, the machine or"
                            + " container has 0.1 MiB"));
    assertThat(metrics.value(Metric.CONFIG_SETTING, "samplers.count")).isEqualTo(1);

    assertThat(perform(Action.DRAIN)).isInstanceOf(Done.class);
    run.get(60, TimeUnit.SECONDS);
    long last = steps();
    assertThat(shown.toString())
        .contains("checkpoint of step " + last + ": " + tiny.checkpoint("operated", (int) last));
    assertThat(perform(Action.PAUSE_SAMPLING)).isInstanceOf(Unable.class);

    assertThat(learnedInOrder()).isEqualTo(last * BATCH);
    assertThat(Conservation.of(metrics)).matches(Conservation::holds);
    assertThat(Conservation.of(metrics).learned()).isEqualTo(last * BATCH);
    requireRecords();
  }

  /** Every sequence of consecutive draws, once; returns how many. */
  private long learnedInOrder() throws IOException {
    List<String> learned = new ArrayList<>();
    for (String line : Files.readAllLines(tiny.home("operated").resolve("samples.jsonl"))) {
      JsonObject row = JsonParser.parseString(line).getAsJsonObject();
      learned.add(row.get("draw").getAsLong() + "." + row.get("index").getAsInt());
    }
    int firstDraw = BOOTSTRAP / 8;
    assertThat(learned)
        .containsExactlyElementsOf(
            IntStream.range(0, learned.size())
                .mapToObj(i -> (firstDraw + i / 8) + "." + i % 8)
                .toList());
    return learned.size();
  }

  private void requireRecords() throws IOException {
    TributaryConfig recorded =
        ConfigLoader.load(tiny.home("operated").resolve("effective.conf"), Map.of());
    assertThat(recorded.stream().maxStalenessSteps()).isZero();
    assertThat(recorded.learner().optimizer().learningRate()).isEqualTo(0.5);
    assertThat(Files.readString(tiny.home("operated").resolve("effective.conf")))
        .containsPattern("learning-rate = 0.5 +# changed by 127.0.0.1:4711 at 20");
    assertThat(control.config().changes()).hasSize(7);
    assertThat(control.config().settings().get("samplers.count").json()).isEqualTo("1");
    assertThat(metrics.value(Metric.CONFIG_CHANGES_TOTAL, "accepted")).isEqualTo(2);
    assertThat(metrics.value(Metric.CONFIG_CHANGES_TOTAL, "rejected")).isEqualTo(4);
    List<JsonObject> audit =
        Files.readAllLines(tiny.home("operated").resolve("audit.jsonl")).stream()
            .map(line -> JsonParser.parseString(line).getAsJsonObject())
            .toList();
    assertThat(audit)
        .extracting(
            row ->
                (row.has("action") ? row.get("action").getAsString() : "change")
                    + " "
                    + row.get("result").getAsString())
        .startsWith(
            "pause-sampling done",
            "checkpoint done",
            "change done",
            "swap-proposal done",
            "resume done",
            "pause-learning done",
            "change done",
            "resume done",
            "change invalid",
            "change invalid",
            "change invalid",
            "change invalid",
            "drain done");
    assertThat(audit).allMatch(row -> row.get("from").getAsString().equals(OPERATOR));
    JsonObject rate =
        audit.get(2).getAsJsonObject("changes").getAsJsonObject("learner.optimizer.learning-rate");
    assertThat(rate.get("old").getAsDouble()).isEqualTo(0.01);
    assertThat(rate.get("new").getAsDouble()).isEqualTo(0.5);
    assertThat(Files.readString(tiny.home("operated").resolve("versions.jsonl")))
        .containsOnlyOnce("\"decision\":\"FORCED\"");
  }

  @Test
  void pausesSizesAndCheckpointsChangeNoResult() throws Exception {
    CompletableFuture<ServiceControl> hand = new CompletableFuture<>();
    start(
        "paused",
        Map.of(),
        event -> {
          if (event instanceof LearnerEvent.Stepped stepped) {
            operate(hand.join(), stepped.step());
          }
        },
        workers -> {
          return workers;
        });
    hand.complete(control);
    run.get(60, TimeUnit.SECONDS);
    assertThat(tiny.metrics("paused")).isEqualTo(undisturbed);
  }

  private static void operate(ServiceControl control, long step) {
    switch ((int) step) {
      case 2 -> control.change(Map.of("samplers.count", "3", "scorers.count", "2"), OPERATOR);
      case 3 -> control.perform(Action.PAUSE_SAMPLING, OPERATOR);
      case 5 -> control.perform(Action.PAUSE_LEARNING, OPERATOR);
      case 6 -> control.perform(Action.CHECKPOINT, OPERATOR);
      case 8 -> control.change(Map.of("samplers.count", "1"), OPERATOR);
      default -> {}
    }
    control.perform(Action.RESUME, OPERATOR);
  }

  @Slow
  @Test
  void aPauseOutlivesALearnerThatFails() throws Exception {
    CompletableFuture<ServiceControl> hand = new CompletableFuture<>();
    var ofStepEight = FaultyWorkers.once(BOOTSTRAP / 8 + 2 * 7L);
    start(
        "outlived",
        Map.of(),
        event -> {},
        FaultyWorkers.poisonLearnerAt(
            draw -> {
              boolean poison = ofStepEight.test(draw);
              if (poison) {
                hand.join().perform(Action.PAUSE_SAMPLING, OPERATOR).toCompletableFuture().join();
              }
              return poison;
            }));
    hand.complete(control);
    await(
        "the restart",
        () -> steps() == 4 && metrics.value(Metric.STAGE_FAILURES_TOTAL, "learner", "error") == 1);
    assertThat(is("PAUSED")).isTrue();
    perform(Action.RESUME);
    run.get(60, TimeUnit.SECONDS);
    assertThat(tiny.metrics("outlived")).isEqualTo(undisturbed);
  }

  @Test
  void aFitCanOnlyBeDrained() throws Exception {
    start(
        "fitting",
        Map.of(
            "target.features",
            "[{name = letter, type = wordlist, words = [a, b, c, d, e, f], moment = 0.5}]",
            "target.fit.sequences",
            "1000000000",
            "target.fit.max-sequences",
            "2000000000"),
        event -> {},
        workers -> workers);
    await("the fit", () -> is("FITTING") && sequences("fit") > 0);

    assertThat(perform(Action.PAUSE_SAMPLING)).isInstanceOf(Unable.class);
    assertThat(change(Map.of("samplers.count", "2"))).isInstanceOf(Unable.class);
    assertThat(is("FITTING")).isTrue();
    assertThat(perform(Action.DRAIN)).isInstanceOf(Done.class);
    run.get(60, TimeUnit.SECONDS);
    assertThat(tiny.home("fitting").resolve("fit.json")).doesNotExist();
    assertThat(shown.toString()).contains("no checkpoint: the run had not begun");
  }
}
