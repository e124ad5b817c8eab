package io.tributary.run.life;

import static io.tributary.testing.run.FaultyWorkers.drawsAt;
import static io.tributary.testing.run.FaultyWorkers.once;
import static io.tributary.testing.run.FaultyWorkers.poisonLearnerAt;
import static io.tributary.testing.run.FaultyWorkers.samplersAt;
import static io.tributary.testing.run.FaultyWorkers.scorersAt;
import static io.tributary.testing.run.FaultyWorkers.scoresAt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.EffectiveConfig;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.ScoredDraw;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.LearnerEvent;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.run.life.TrainingService.Resume;
import io.tributary.run.watch.RunConsole;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.run.Conservation;
import io.tributary.testing.run.FaultyWorkers;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens to a run, every sequence that was drawn was learned or dropped, exactly once. A
 * run has 32 sequences of bootstrap in draws of 8, and 12 steps of 16.
 */
@Slow
@ExtendWith(TorchExtension.class)
class RunConservationTest {
  private static final long BOOTSTRAP = 32;
  private static final long STEP = 16;
  private static final long FIRST_DRAW = 4;

  @TempDir private static Path directory;
  private static TinyRun tiny;
  private RunMetrics metrics;

  @BeforeAll
  static void makeAModel() throws IOException {
    tiny = new TinyRun(directory);
  }

  private void run(
      String name, Map<String, String> overrides, UnaryOperator<WorkerBehaviors> change) {
    run(name, overrides, change, event -> {});
  }

  private void run(
      String name,
      Map<String, String> overrides,
      UnaryOperator<WorkerBehaviors> change,
      Consumer<LearnerEvent> listener) {
    new TrainingService(
            EffectiveConfig.of(tiny.config(name, overrides)),
            new RunConsole(new PrintWriter(Writer.nullWriter()), false),
            listener,
            (parts, madeMetrics) -> {
              metrics = madeMetrics;
              return change.apply(WorkerBehaviors.of(parts, madeMetrics));
            },
            Clock.systemUTC())
        .run(Resume.NO);
  }

  private Conservation conservation() {
    Conservation counted = Conservation.of(metrics);
    assertThat(counted.holds()).as(counted.toString()).isTrue();
    assertThat(Conservation.ofScrape(metrics)).isEqualTo(counted);
    return counted;
  }

  @Test
  void anUndisturbedRunLearnsAllThatItDrawsButTheBootstrap() {
    run("whole", Map.of(), workers -> workers);
    assertThat(conservation())
        .isEqualTo(
            new Conservation(BOOTSTRAP + 12 * STEP, 12 * STEP, Map.of("bootstrap", BOOTSTRAP), 0));
    assertThat(metrics.value(Metric.STAGE_SEQUENCES_TOTAL, "scorer"))
        .isEqualTo(BOOTSTRAP + 12 * STEP);
    assertThat(metrics.value(Metric.STAGE_SEQUENCES_TOTAL, "evaluator"))
        .as("evaluations at 0, 5, 10 and 12, and ten texts each of two models in the end")
        .isEqualTo(4 * 32 + 2 * 10);
    assertThat(metrics.value(Metric.STAGE_SEQUENCES_TOTAL, "fit")).isZero();
  }

  @Test
  void aBootstrapThatGoesOnToItsLimitDropsAllOfIt() {
    run(
        "long",
        Map.of(
            "partition-function.bootstrap-hits", "1000",
            "partition-function.bootstrap-max-sequences", "90",
            "stream.max-staleness-steps", "2"),
        workers -> workers);
    long drawn = 88; // whole draws
    assertThat(conservation().learned()).isEqualTo(12 * STEP);
    assertThat(conservation().dropped()).containsEntry("bootstrap", drawn);
  }

  @Test
  void drawsForAFitAreCountedApart() {
    run(
        "fit",
        Map.of(
            "target.features",
            "[{ name = letter, type = wordlist, words = [a, b, c], moment = 0.5 }]",
            "target.fit.sequences",
            "100",
            "target.fit.max-sequences",
            "100",
            "target.fit.min-effective-sample-size",
            "1"),
        workers -> workers);
    assertThat(metrics.value(Metric.STAGE_SEQUENCES_TOTAL, "fit"))
        .as("in draws of 8")
        .isEqualTo(104);
    assertThat(metrics.value(Metric.STAGE_TOKENS_TOTAL, "fit")).isBetween(104.0, 8 * 104.0);
    assertThat(conservation().drawn()).isEqualTo(BOOTSTRAP + 12 * STEP);
  }

  @Test
  void windowsAreDroppedAndDrawnAgainWhenTheyAreBroken() {
    AtomicBoolean broken = new AtomicBoolean();
    run(
        "windows",
        Map.of("proposal.window", "fresh", "proposal.window-sequences", "20"),
        workers ->
            drawsAt(
                    draw -> true,
                    draw ->
                        draw.purpose() == DrawOrder.Purpose.WINDOW
                                && broken.compareAndSet(false, true)
                            ? oneSequenceLess(draw)
                            : draw)
                .apply(workers));
    long windows = 20 * 4;
    assertThat(conservation())
        .isEqualTo(
            new Conservation(
                BOOTSTRAP + 12 * STEP + windows,
                12 * STEP,
                Map.of("bootstrap", BOOTSTRAP, "window", windows),
                0));
    assertThat(metrics.value(Metric.STAGE_SEQUENCES_TOTAL, "scorer"))
        .isEqualTo((double) (BOOTSTRAP + 12 * STEP + windows));
    assertThat(metrics.value(Metric.STAGE_FAILURES_TOTAL, "sampler", "invalid")).isEqualTo(1);
    assertThat(metrics.value(Metric.DRAWS_REISSUED_TOTAL)).isEqualTo(1);
  }

  @Test
  void drawsOfLostWorkersCountOnceAndGarbageNotAtAll() {
    run(
        "garbage",
        Map.of("stream.max-lost-workers", "100", "samplers.count", "2"),
        workers ->
            samplersAt(once(1), FaultyWorkers::fail)
                .andThen(w -> drawsAt(once(5), RunConservationTest::oneSequenceLess).apply(w))
                .andThen(w -> scorersAt(once(8), FaultyWorkers::fail).apply(w))
                .andThen(w -> scoresAt(once(9), RunConservationTest::ofAnotherDraw).apply(w))
                .apply(workers));
    assertThat(conservation())
        .isEqualTo(
            new Conservation(BOOTSTRAP + 12 * STEP, 12 * STEP, Map.of("bootstrap", BOOTSTRAP), 0));
    assertThat(metrics.value(Metric.STAGE_FAILURES_TOTAL, "sampler", "error")).isEqualTo(1);
    assertThat(metrics.value(Metric.STAGE_FAILURES_TOTAL, "sampler", "invalid")).isEqualTo(1);
    assertThat(metrics.value(Metric.STAGE_FAILURES_TOTAL, "scorer", "error")).isEqualTo(1);
    assertThat(metrics.value(Metric.STAGE_FAILURES_TOTAL, "scorer", "invalid")).isEqualTo(1);
    assertThat(metrics.value(Metric.DRAWS_REISSUED_TOTAL)).isEqualTo(4);
  }

  private static Draw oneSequenceLess(Draw draw) {
    return new Draw(
        draw.number(), draw.purpose(), draw.proposalVersion(), draw.sequences().subList(0, 7));
  }

  private static ScoredDraw ofAnotherDraw(ScoredDraw scored) {
    return new ScoredDraw(scored.number() + 1, scored.sequences(), scored.dropped());
  }

  @Test
  void sequencesThatScoringFailsOnAndRestsOfDrawsAreDropped() {
    run("drops", Map.of(), scoresAt(once(FIRST_DRAW), RunConservationTest::twoDropped));
    assertThat(conservation())
        .as("the draw that makes up for two has six too many")
        .isEqualTo(
            new Conservation(
                BOOTSTRAP + 12 * STEP + 8,
                12 * STEP,
                Map.of("bootstrap", BOOTSTRAP, "scoring", 2L, "left_over", 6L),
                0));
  }

  private static ScoredDraw twoDropped(ScoredDraw scored) {
    return new ScoredDraw(scored.number(), scored.sequences().subList(2, 8), 2);
  }

  @Slow
  @Test
  void whatALearnerThatFailsHasNotLearnedIsDropped() {
    run("restart", Map.of(), poisonLearnerAt(once(FIRST_DRAW + 2 * 7)));
    assertThat(conservation())
        .as("step 8 fails, and the run goes back to step 4")
        .isEqualTo(
            new Conservation(
                BOOTSTRAP + (8 + 8) * STEP,
                (7 + 8) * STEP,
                Map.of("bootstrap", BOOTSTRAP, "learner_restart", STEP),
                0));
  }

  @Test
  void aRunThatFailsLeavesNothingUnaccountedFor() {
    assertThatThrownBy(
            () ->
                run(
                    "fails",
                    Map.of("stream.max-staleness-steps", "2"),
                    scorersAt(draw -> draw == 9, FaultyWorkers::fail)))
        .hasMessageContaining("draw 9 is given up");
    assertThat(conservation().dropped()).containsKeys("bootstrap", "stopped");
  }

  @Slow
  @Test
  void drawsAheadOfTheLastStepAreDroppedAtTheEnd() throws InterruptedException {
    CountDownLatch hanging = new CountDownLatch(1);
    run(
        "chaos",
        Map.of(
            "stream.max-staleness-steps", "2",
            "stream.stall-timeout", "2s",
            "samplers.count", "3",
            "scorers.count", "2",
            "stream.max-lost-workers", "100"),
        workers ->
            samplersAt(once(7), FaultyWorkers::fail)
                .andThen(w -> samplersAt(once(13), () -> hang(hanging)).apply(w))
                .andThen(w -> drawsAt(once(11), RunConservationTest::oneSequenceLess).apply(w))
                .andThen(w -> scoresAt(once(9), RunConservationTest::twoDropped).apply(w))
                .andThen(w -> poisonLearnerAt(once(FIRST_DRAW + 2 * 9)).apply(w))
                .apply(workers),
        event -> {
          if (event instanceof LearnerEvent.Stepped stepped && stepped.step() == 11) {
            hanging.countDown(); // late: the draw was made by another by then
          }
        });
    Conservation counted = conservation();
    assertThat(counted.dropped())
        .containsEntry("bootstrap", BOOTSTRAP)
        .containsEntry("scoring", 2L)
        .containsKeys("learner_restart", "stopped");
    assertThat(metrics.value(Metric.STAGE_FAILURES_TOTAL, "sampler", "stalled")).isPositive();
  }

  private static void hang(CountDownLatch until) {
    try {
      until.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
