package io.tributary.run.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.config.TributaryConfig;
import io.tributary.data.NodeState;
import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.NodeStatus;
import io.tributary.run.watch.DesiredWorkers.Work;
import io.tributary.testing.run.TinyRun;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DesiredWorkersTest {
  private static final int STEP_SECONDS = 10;
  private static final int STEPS_OF_A_WINDOW = 3;

  private final RunMetrics metrics = new RunMetrics(Map.of(), Clock.systemUTC());
  private int present = 1;
  private int most = 100;
  private final DesiredWorkers desired =
      new DesiredWorkers(metrics, stage -> present, stage -> most);
  private long seconds;

  @Test
  void theNeedIsTheTimeOfWorkersForWhatTheLearnerUsesInItsOwnTime() {
    // 100 sequences took 50 s; the learner used 40 of them in 5 s: 20 s of workers in 5 s
    assertThat(DesiredWorkers.needed(new Work(50, 100), 40, 5))
        .isCloseTo(4 / DesiredWorkers.BUSY, within(1e-9));
    assertThat(DesiredWorkers.needed(new Work(0, 0), 40, 5)).as("nothing was drawn").isNaN();
    assertThat(DesiredWorkers.needed(new Work(50, 100), 40, 0)).isInfinite();
  }

  @ParameterizedTest
  @CsvSource({
    "4, 3.7, 4", // enough
    "4, 4.3, 4", // nearly
    "4, 4.5, 5",
    "4, 7.2, 8",
    "4, 70, 8", // at most twice as many at a time
    "1, 70, 2",
    "90, 99.5, 100",
    "90, 1000, 100", // the most
    "200, 199, 100"
  })
  void moreAreAskedForAtOnceButNotTooManyMore(int now, double need, int next) {
    assertThat(next(now, need)).isEqualTo(next);
  }

  @ParameterizedTest
  @CsvSource({
    "8, 3.1, 6", // at most a quarter fewer at a time
    "8, 5.9, 6",
    "8, 7.01, 8",
    "3, 0.2, 2",
    "2, 0.2, 1",
    "1, 0.001, 1"
  })
  void fewerAreAskedForOnceNoWindowNeededMore(int now, double need, int next) {
    assertThat(next(now, need, need, need)).as("too early").isEqualTo(now);
    assertThat(next(now, need, need, need, need)).isEqualTo(next);
    assertThat(next(now, need, now, need, need)).as("one window needed them").isEqualTo(now);
  }

  @Test
  void aNeedThatVariesABitMovesNothing() {
    int now = 3;
    for (double need : new double[] {2.6, 3.2, 2.1, 3.25, 2.9, 2.05, 3.1, 2.2}) {
      now = next(now, need, need, need, need);
      assertThat(now).as("need " + need).isEqualTo(3);
    }
  }

  private int next(int now, double... needs) {
    return DesiredWorkers.next(
        now, new ArrayDeque<>(DoubleStream.of(needs).boxed().toList()), most);
  }

  /**
   * A step in which workers are busy for so long, all of them together, with the 16 sequences that
   * the learner uses, and the learner is busy for so long.
   */
  private Map<String, Double> step(double samplers, double scorers, double learner) {
    seconds += STEP_SECONDS;
    work(Stage.SAMPLER, samplers);
    work(Stage.SCORER, scorers);
    work(Stage.LEARNER, learner);
    Map<String, Double> known = new TreeMap<>();
    desired
        .stepped(TimeUnit.SECONDS.toNanos(seconds))
        .values()
        .forEach((key, value) -> known.put(key.metric().key(), value));
    return known;
  }

  private void work(Stage stage, double busy) {
    Duration time = Duration.ofMillis(Math.round(1000 * busy));
    metrics.stage(stage).items(16, 160);
    metrics
        .stage(stage)
        .worked(new WorkTime(time, Map.of(BlockedReason.INPUT, Duration.ofSeconds(STEP_SECONDS))));
  }

  private Map<String, Double> steps(int n, double samplers, double scorers, double learner) {
    Map<String, Double> known = Map.of();
    for (int i = 0; i < n; i++) {
      known = step(samplers, scorers, learner);
    }
    return known;
  }

  private static Map<String, Double> wanted(double samplers, double scorers) {
    return Map.of("samplers_desired", samplers, "scorers_desired", scorers);
  }

  @Test
  void aLearnerThatStarvesAsksForMoreUntilThereAreEnough() {
    assertThat(steps(STEPS_OF_A_WINDOW, 10, 1, 2)).as("nothing is known yet").isEmpty();
    assertThat(step(10, 1, 2)).isEqualTo(wanted(2, 1));
    assertThat(steps(STEPS_OF_A_WINDOW - 1, 10, 1, 2)).isEqualTo(wanted(2, 1));
    assertThat(step(10, 1, 2)).isEqualTo(wanted(4, 1));
    assertThat(steps(STEPS_OF_A_WINDOW, 10, 1, 2)).isEqualTo(wanted(6, 1)); // 10 / 2 / 0.9
    assertThat(steps(100, 10, 1, 2)).isEqualTo(wanted(6, 1));
  }

  @Test
  void whereSamplersOnlyWaitFewerAreAskedForSlowly() {
    present = 8;
    assertThat(steps(1 + 3 * STEPS_OF_A_WINDOW, 10, 35, 10)).isEqualTo(wanted(8, 8));
    assertThat(steps(STEPS_OF_A_WINDOW, 10, 35, 10)).isEqualTo(wanted(6, 6));
    assertThat(steps(STEPS_OF_A_WINDOW, 10, 35, 10)).isEqualTo(wanted(5, 5));
    assertThat(steps(100, 10, 35, 10)).isEqualTo(wanted(2, 4));
  }

  @Test
  void whatIsDrawnAheadIsNotCountedAsNeeded() {
    step(10, 1, 10);
    for (int i = 0; i < 2; i++) { // the stream fills: twice as much is drawn as is used
      metrics.set(Metric.STREAM_SEQUENCES, 16.0 * (i + 1));
      work(Stage.SAMPLER, 10);
      step(10, 1, 10);
    }
    assertThat(step(8, 1, 10)).isEqualTo(wanted(1, 1)); // not 2: 1.1 at most
  }

  @Test
  void theLearnersOwnWaitsAreTimeThatWorkersHave() {
    for (int i = 0; i < 1 + STEPS_OF_A_WINDOW; i++) {
      metrics
          .stage(Stage.LEARNER)
          .worked(
              new WorkTime(
                  Duration.ZERO,
                  Map.of(
                      BlockedReason.EVALUATION, Duration.ofSeconds(4),
                      BlockedReason.CHECKPOINT, Duration.ofSeconds(4))));
      steps(1, 9, 1, 2);
    }
    assertThat(step(9, 1, 2)).isEqualTo(wanted(1, 1));
  }

  @Test
  void afterAPauseTheNumbersStayUntilThereIsAWholeWindow() {
    steps(1 + STEPS_OF_A_WINDOW, 10, 1, 2);
    desired.restart();
    seconds += 10_000;
    assertThat(steps(STEPS_OF_A_WINDOW, 10, 1, 2)).isEqualTo(wanted(2, 1));
    assertThat(step(10, 1, 2)).isEqualTo(wanted(4, 1));
  }

  @Test
  void whatCannotBeMeasuredChangesNothing() {
    steps(1 + STEPS_OF_A_WINDOW, 10, 1, 2);
    for (int i = 0; i < 10; i++) { // steps without any draw: the stream was full
      seconds += STEP_SECONDS;
      desired.stepped(TimeUnit.SECONDS.toNanos(seconds));
    }
    assertThat(step(10, 1, 2)).isEqualTo(wanted(2, 1));
  }

  @Test
  void moreThanAllowedAreNeverAskedFor() {
    most = 3;
    assertThat(steps(100, 50, 0.1, 1)).isEqualTo(wanted(3, 1));
  }

  @Test
  void admissionAndThePlacesForNodesLimitTheNumber(@TempDir Path directory) throws Exception {
    TinyRun tiny = new TinyRun(directory); // steps of two draws
    NodeStatus node = node(3, 0);
    assertThat(most(tiny, 0)).as("a batch is drawn by so many").isEqualTo(2);
    assertThat(most(tiny, 1)).isEqualTo(2);
    assertThat(most(tiny, 20)).isEqualTo(40);
    assertThat(most(tiny, 100, node)).as("64 nodes, and one of the trainer").isEqualTo(193);
    assertThat(DesiredWorkers.most(Stage.SCORER, config(tiny, 100), List.of(node))).isEqualTo(65);
  }

  private static int most(TinyRun tiny, int staleness, NodeStatus... nodes) {
    return DesiredWorkers.most(Stage.SAMPLER, config(tiny, staleness), List.of(nodes));
  }

  private static TributaryConfig config(TinyRun tiny, int staleness) {
    String file = tiny.directory().resolve("tiny.conf").toString();
    return tiny.config(
        "any",
        Map.of(
            "stream.max-staleness-steps", Integer.toString(staleness),
            "cluster.advertised-host", "localhost",
            "cluster.tls.certificate-file", file,
            "cluster.tls.key-file", file,
            "cluster.tls.ca-file", file));
  }

  private static NodeStatus node(int samplers, int scorers) {
    return new NodeStatus(
        "node-0",
        "worker:1",
        "1",
        NodeState.AVAILABLE,
        List.of(),
        samplers,
        scorers,
        null,
        0,
        0,
        0,
        0,
        0,
        null,
        true,
        null);
  }
}
