package io.tributary.run.life;

import static io.tributary.testing.run.FaultyWorkers.once;
import static io.tributary.testing.run.FaultyWorkers.poisonLearnerAt;
import static io.tributary.testing.run.FaultyWorkers.samplersAt;
import static io.tributary.testing.run.FaultyWorkers.scorersAt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import io.tributary.config.EffectiveConfig;
import io.tributary.data.ScoredDraw;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.LearnerEvent;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.run.life.TrainingService.Resume;
import io.tributary.run.watch.RunConsole;
import io.tributary.target.feature.Text;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.run.FaultyTarget;
import io.tributary.testing.run.FaultyWorkers;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs whose workers, learner or disk fail, held against a run that nothing has disturbed. */
@ExtendWith(TorchExtension.class)
@Slow
class RunFaultsTest {
  /** Number of the first draw that is trained on; a step takes two. */
  private static final long FIRST_DRAW = 4;

  @TempDir private static Path directory;
  private static TinyRun tiny;
  private static String undisturbed;

  private final StringWriter shown = new StringWriter();
  private final List<LearnerEvent> events = new CopyOnWriteArrayList<>();
  private RunMetrics metrics;

  @BeforeAll
  static void runOnce() throws IOException {
    tiny = new TinyRun(directory);
    assertThat(tiny.run("whole").exitCode()).isZero();
    undisturbed = tiny.metrics("whole");
  }

  /** Runs with the behaviours that {@code change} makes of those that a run has. */
  private void run(
      String name, Map<String, String> overrides, UnaryOperator<WorkerBehaviors> change) {
    new TrainingService(
            EffectiveConfig.of(tiny.config(name, overrides)),
            new RunConsole(new PrintWriter(shown), false),
            events::add,
            (parts, madeMetrics) -> {
              metrics = madeMetrics;
              return change.apply(WorkerBehaviors.of(parts, madeMetrics));
            },
            Clock.systemUTC())
        .run(Resume.NO);
  }

  private double failures(String stage, String reason) {
    return metrics.value(Metric.STAGE_FAILURES_TOTAL, stage, reason);
  }

  private double value(Metric metric) {
    return metrics.value(metric);
  }

  @Test
  void aSamplerThatThrowsIsReplacedAndNoDrawIsLost() throws IOException {
    Predicate<Long> second = once(1);
    run("throws", Map.of(), samplersAt(second, FaultyWorkers::fail));
    assertThat(tiny.metrics("throws")).isEqualTo(undisturbed);
    assertThat(failures("sampler", "error")).isEqualTo(1);
    assertThat(value(Metric.DRAWS_REISSUED_TOTAL)).isEqualTo(1);
    assertThat(metrics.value(Metric.STAGE_SEQUENCES_TOTAL, Stage.SAMPLER.label()))
        .isEqualTo(32 + 12 * 16);
  }

  @Test
  void aSamplerThatHangsIsReplacedAndNoDrawIsLost() throws IOException {
    Predicate<Long> one = once(9);
    run(
        "hangs",
        Map.of("stream.stall-timeout", "2s", "samplers.count", "2"),
        samplersAt(one, () -> {}));
    assertThat(tiny.metrics("hangs")).isEqualTo(undisturbed);
    assertThat(failures("sampler", "stalled")).isPositive();
    assertThat(value(Metric.DRAWS_REISSUED_TOTAL)).isPositive();
  }

  @Test
  void aScorerThatThrowsIsReplacedAndNoDrawIsLost() throws IOException {
    Predicate<Long> one = once(6);
    run("scorer", Map.of(), scorersAt(one, FaultyWorkers::fail));
    assertThat(tiny.metrics("scorer")).isEqualTo(undisturbed);
    assertThat(failures("scorer", "error")).isEqualTo(1);
  }

  @Test
  void workersThatFailWhileLambdaIsFittedChangeNothing() throws IOException {
    Map<String, String> distributional =
        Map.of(
            "target.features",
            "[{ name = letter, type = wordlist, words = [a, b, c], moment = 0.5 }]",
            "target.fit.sequences",
            "200",
            "target.fit.max-sequences",
            "200",
            "target.fit.min-effective-sample-size",
            "1");
    run("fit", distributional, workers -> workers);
    String lambdas = Files.readString(tiny.home("fit").resolve("fit.json"));

    run(
        "fit-faults",
        distributional,
        workers ->
            scorersAt(once(5), FaultyWorkers::fail)
                .apply(samplersAt(once(3), FaultyWorkers::fail).apply(workers)));

    assertThat(Files.readString(tiny.home("fit-faults").resolve("fit.json"))).isEqualTo(lambdas);
    assertThat(tiny.metrics("fit-faults")).isEqualTo(tiny.metrics("fit"));
    assertThat(failures("sampler", "error")).isEqualTo(1);
    assertThat(failures("scorer", "error")).isEqualTo(1);
    assertThat(value(Metric.DRAWS_REISSUED_TOTAL)).isEqualTo(2);
  }

  /** Whose first worker does not come out of its start until there is a second one. */
  private static <C> IntFunction<Behavior<C>> hangingAtFirst(
      IntFunction<Behavior<C>> workers, CountDownLatch second) {
    AtomicBoolean first = new AtomicBoolean(true);
    return place ->
        Behaviors.setup(
            context -> {
              if (first.getAndSet(false)) {
                second.await();
              }
              second.countDown();
              return workers.apply(place);
            });
  }

  @Test
  void workersThatHangWhileTheyStartAreReplaced() throws IOException {
    run(
        "start",
        Map.of("stream.stall-timeout", "2s"),
        workers ->
            new WorkerBehaviors(
                hangingAtFirst(workers.sampler(), new CountDownLatch(1)),
                hangingAtFirst(workers.scorer(), new CountDownLatch(1))));
    assertThat(tiny.metrics("start")).isEqualTo(undisturbed);
    assertThat(failures("sampler", "stalled")).isPositive();
    assertThat(failures("scorer", "stalled")).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sampler", "scorer"})
  void aWorkerWhoseTensorsGetNoMemoryEndsTheRunWithWhatHelps(String worker) {
    Runnable allocation =
        () -> {
          throw new EngineException(
              "[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate"
                  + " memory: you tried to allocate 68719476736 bytes. Error code 12 (Cannot"
                  + " allocate memory)");
        };
    assertThatThrownBy(
            () ->
                run(
                    worker + "-memory",
                    Map.of(),
                    worker.equals("sampler")
                        ? samplersAt(once(9), allocation)
                        : scorersAt(once(9), allocation)))
        .hasMessageContaining("there is not enough native memory for the tensors")
        .hasMessageContaining("lower learner.micro-batch-size")
        .hasMessageContaining("or samplers.batch-size")
        .hasMessageContaining("continue with --resume");
    assertThat(tiny.run(worker + "-memory", "--resume").exitCode()).isZero();
  }

  /** A clock that is set forth and back by days all the time. */
  private static final class RestlessClock extends Clock {
    private final AtomicLong looks = new AtomicLong();

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      long days = looks.incrementAndGet() % 3 - 1;
      return Instant.now().plus(Duration.ofDays(7 * days));
    }
  }

  @Test
  void aClockThatJumpsByDaysDisturbsNothing() throws IOException {
    new TrainingService(
            EffectiveConfig.of(tiny.config("clock", Map.of("samplers.count", "2"))),
            new RunConsole(new PrintWriter(shown), false),
            events::add,
            (parts, madeMetrics) -> {
              metrics = madeMetrics;
              return WorkerBehaviors.of(parts, madeMetrics);
            },
            new RestlessClock())
        .run(Resume.NO);
    assertThat(tiny.metrics("clock")).isEqualTo(undisturbed);
    for (String reason : List.of("error", "stalled", "invalid")) {
      assertThat(failures("sampler", reason)).isZero();
    }
    assertThat(events)
        .filteredOn(event -> event instanceof LearnerEvent.CheckpointWritten)
        .extracting(event -> ((LearnerEvent.CheckpointWritten) event).step())
        .as("none is due for its time")
        .containsOnly(0L, 4L, 8L, 12L);
  }

  @Test
  void aScorerAHundredTimesSlowerHoldsTheSamplersBack() throws IOException {
    double[] most = {0, 0};
    int staleness = 2;
    new TrainingService(
            EffectiveConfig.of(
                tiny.config("slow", Map.of("stream.max-staleness-steps", "" + staleness))),
            new RunConsole(new PrintWriter(shown), false),
            event -> {
              if (event instanceof LearnerEvent.Stepped) {
                most[0] = Math.max(most[0], value(Metric.STREAM_SEQUENCES));
                most[1] = Math.max(most[1], metrics.value(Metric.WAITING_SEQUENCES, "scorer"));
              }
              events.add(event);
            },
            (parts, madeMetrics) -> {
              metrics = madeMetrics;
              return FaultyWorkers.scorersAfter(
                      () -> LockSupport.parkNanos(Duration.ofMillis(50).toNanos()))
                  .apply(WorkerBehaviors.of(parts, madeMetrics));
            },
            Clock.systemUTC())
        .run(Resume.NO);
    assertThat(tiny.rows("slow")).hasSize(12 + 4);
    assertThat(most[0])
        .as("of the bound on staleness")
        .isPositive()
        .isLessThanOrEqualTo(32 + (staleness + 1) * 16);
    assertThat(most[1]).as("draws wait for the scorer").isPositive();
    assertThat(metrics.value(Metric.STAGE_BLOCKED_SECONDS_TOTAL, "learner", "input"))
        .as("the learner waits for data")
        .isGreaterThan(metrics.value(Metric.STAGE_BUSY_SECONDS_TOTAL, "learner"));
    assertThat(value(Metric.DRAWS_REISSUED_TOTAL)).as("slow is not lost").isZero();
  }

  @Test
  void aFeatureThatFailsTooOftenEndsTheRun() throws IOException {
    assertThatThrownBy(
            () ->
                run(
                    "rate",
                    Map.of("stream.max-drop-rate", "0.002"),
                    FaultyWorkers.scoresAt(
                        draw -> draw >= FIRST_DRAW,
                        scored ->
                            new ScoredDraw(
                                scored.number(),
                                scored.sequences().subList(0, 4),
                                scored.dropped() + 4))))
        .hasMessageContaining("scoring failed on")
        .hasMessageContaining("stream.max-drop-rate = 0.002");
  }

  @Test
  void tooManyLostWorkersEndTheRun() {
    assertThatThrownBy(
            () ->
                run(
                    "lost",
                    Map.of("stream.max-lost-workers", "1"),
                    samplersAt(draw -> true, FaultyWorkers::fail)))
        .hasMessageContaining("2 samplers and scorers were lost")
        .hasMessageContaining("stream.max-lost-workers allows 1")
        .hasMessageContaining("as the test asked");
  }

  @Test
  void aDrawThatNoWorkerSurvivesEndsTheRun() {
    assertThatThrownBy(
            () -> run("poison", Map.of(), scorersAt(draw -> draw == 2, FaultyWorkers::fail)))
        .hasMessageContaining("draw 2 is given up: 3 scorers in a row were lost with it");
  }

  /** Fails on the texts that hold the n-th one. */
  private static Consumer<List<Text>> failingAt(int text) {
    AtomicInteger left = new AtomicInteger(text);
    return texts -> {
      boolean fails = left.get() >= 0 && left.get() < texts.size();
      if (!fails || texts.size() == 1) {
        left.addAndGet(-texts.size());
      }
      if (fails) {
        FaultyWorkers.fail();
      }
    };
  }

  @Test
  void aSequenceThatAFeatureFailsOnIsDroppedAndMadeUpFor() throws IOException {
    run(
        "drop",
        Map.of(),
        workers ->
            FaultyTarget.scored(
                workers,
                tiny.config("drop", Map.of()),
                metrics.stage(Stage.SCORER),
                failingAt(50)));
    assertThat(metrics.value(Metric.SEQUENCES_DROPPED_TOTAL, "scoring")).isEqualTo(1);
    assertThat(failures("scorer", "error")).isZero();
    assertThat(tiny.metrics("drop")).hasLineCount((int) undisturbed.lines().count());
    assertThat(tiny.metrics("drop").lines().limit(2))
        .containsExactlyElementsOf(undisturbed.lines().limit(2).toList());
  }

  @Test
  void aLearnerThatFailsGoesOnFromTheLastCheckpoint() throws IOException {
    Predicate<Long> ofStepEight = once(FIRST_DRAW + 2 * 7);
    run("learner", Map.of("samplers.count", "3"), poisonLearnerAt(ofStepEight));
    assertThat(tiny.metrics("learner")).isEqualTo(undisturbed);
    assertThat(failures("learner", "error")).isEqualTo(1);
    assertThat(failures("scorer", "error")).isZero();
  }

  @Test
  void aLearnerThatFailsWithoutACheckpointEndsTheRun() throws IOException {
    Files.createDirectories(tiny.home("early"));
    Files.writeString(tiny.home("early").resolve("checkpoints"), "in the way");
    assertThatThrownBy(() -> run("early", Map.of(), poisonLearnerAt(once(FIRST_DRAW + 2))))
        .hasMessageContaining("token 1000000 is not in the model's vocabulary");
  }

  @Test
  void aLearnerThatFailsAgainAndAgainEndsTheRun() {
    assertThatThrownBy(
            () ->
                run(
                    "again",
                    Map.of("learner.max-restarts", "2"),
                    poisonLearnerAt(number -> number == FIRST_DRAW + 2 * 7)))
        .hasMessageContaining("token 1000000 is not in the model's vocabulary");
    assertThat(failures("learner", "error")).isEqualTo(3);
  }

  @Test
  void aLearnerThatDivergesEndsTheRunWithAClearMessage() {
    assertThatThrownBy(
            () ->
                run(
                    "diverges",
                    Map.of(
                        "learner.optimizer.learning-rate",
                        "1e30",
                        "learner.max-nonfinite-steps",
                        "2"),
                    workers -> workers))
        .hasMessageContaining("not finite in 2 steps in a row");
    assertThat(value(Metric.NONFINITE_STEPS_TOTAL)).isEqualTo(2);
  }

  @Test
  void aCheckpointThatCanNotBeWrittenIsTriedAgain() throws IOException {
    Path inTheWay = tiny.home("disk").resolve("checkpoints");
    Files.createDirectories(tiny.home("disk"));
    Files.writeString(inTheWay, "in the way");
    Predicate<Long> ofStepSix = once(FIRST_DRAW + 2 * 5);
    run(
        "disk",
        Map.of("checkpoint.background", "false"),
        samplersAt(
            draw -> {
              if (ofStepSix.test(draw)) {
                delete(inTheWay);
              }
              return false;
            },
            FaultyWorkers::fail));
    assertThat(value(Metric.CHECKPOINT_FAILURES_TOTAL)).as("at 0, 3 and 4").isEqualTo(3);
    assertThat(shown.toString()).contains("it will be tried again");
    assertThat(tiny.checkpoints("disk")).containsExactly("step-00000008", "step-00000012");
    assertThat(tiny.metrics("disk")).isEqualTo(undisturbed);
  }

  @Test
  void linesThatCanNotBeWrittenAreCountedAndTheRunGoesOn() throws IOException {
    Path inTheWay = tiny.home("lines").resolve("samples.jsonl");
    Predicate<Long> ofStepThree = once(FIRST_DRAW + 2 * 2);
    Predicate<Long> ofStepSix = once(FIRST_DRAW + 2 * 5);
    run(
        "lines",
        Map.of(),
        samplersAt(
            draw -> {
              if (ofStepThree.test(draw)) {
                assertThat(inTheWay.toFile().mkdir()).isTrue();
              }
              if (ofStepSix.test(draw)) {
                delete(inTheWay);
              }
              return false;
            },
            FaultyWorkers::fail));
    assertThat(value(Metric.LINES_LOST_TOTAL)).as("the samples of step 5").isEqualTo(1);
    assertThat(inTheWay).as("it works again").isRegularFile();
    assertThat(tiny.metrics("lines")).isEqualTo(undisturbed);
  }

  @Test
  void aRunWhoseLastCheckpointCanNotBeWrittenHasFailed() throws IOException {
    Path inTheWay = tiny.home("full").resolve("checkpoints");
    Files.createDirectories(tiny.home("full"));
    Files.writeString(inTheWay, "in the way");
    assertThatThrownBy(() -> run("full", Map.of(), workers -> workers))
        .hasMessageContaining("the last checkpoint could not be written");
    assertThat(value(Metric.CHECKPOINT_FAILURES_TOTAL)).isGreaterThan(3);
    delete(inTheWay);
    assertThat(tiny.run("full", "--resume").exitCode()).isZero();
    assertThat(tiny.metrics("full")).isEqualTo(undisturbed);
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
