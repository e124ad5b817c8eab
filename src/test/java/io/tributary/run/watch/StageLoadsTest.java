package io.tributary.run.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.WorkClock;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.RunStatus;
import io.tributary.stream.PoolListener;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StageLoadsTest {
  private long nanos;
  private final RunMetrics metrics = new RunMetrics(Map.of(), Clock.systemUTC(), () -> nanos);
  private final StreamMetrics stream = new StreamMetrics(metrics, 8);
  private final StageLoads loads = new StageLoads(metrics, stream);

  @BeforeEach
  void twoSamplers() {
    stream.load(Stage.SAMPLER, 1, 2, 2);
  }

  /** Two samplers compute for {@code busy} of the time each. */
  private void step(long durationMillis, double busy) {
    nanos += TimeUnit.MILLISECONDS.toNanos(durationMillis);
    metrics
        .stage(Stage.SAMPLER)
        .worked(WorkTime.busy(Duration.ofMillis(Math.round(2 * busy * durationMillis))));
    loads.stepped(nanos);
  }

  private RunStatus.Load sampler() {
    return loads.loads().get("sampler");
  }

  @Test
  void queuesAndTimesAreThereFromTheStart() {
    assertThat(loads.loads()).containsOnlyKeys("sampler", "scorer", "learner", "evaluator");
    assertThat(sampler())
        .isEqualTo(new RunStatus.Load(2, 8, 16, 0, Map.of(), Double.NaN, Map.of()));
    step(1_000, 0.25);
    assertThat(sampler().busySeconds()).isEqualTo(0.5);
    assertThat(sampler().busyRatio()).isNaN();
  }

  @Test
  void sharesAreThoseOfAllWorkersBetweenTwoSteps() {
    step(1_000, 1);
    step(600_000, 0.25);
    assertThat(sampler().busyRatio()).isCloseTo(0.25, within(1e-9));
  }

  @Test
  void waitsAreToldByWhatTheyAreFor() {
    step(1, 0);
    WorkClock clock = metrics.stage(Stage.SAMPLER).clock();
    clock.waitFor(BlockedReason.ADMISSION);
    step(1, 0);
    clock.close();
    assertThat(sampler().blockedSeconds()).containsOnlyKeys("admission");
    assertThat(sampler().blockedRatios()).containsOnlyKeys("admission");
    assertThat(sampler().blockedRatios().get("admission")).isEqualTo(0.5);
  }

  @Test
  void theTimesOfAWorkerElsewhereCountWhenItsResultArrives() {
    step(1_000, 0);
    WorkTime time =
        new WorkTime(
            Duration.ofSeconds(3),
            Map.of(
                BlockedReason.ADMISSION, Duration.ofSeconds(4),
                BlockedReason.WEIGHTS, Duration.ofSeconds(1)));
    PoolListener<DrawOrder, Draw> pool = stream.begin(line -> {}).samplers();
    pool.worked(time);
    pool.worked(time);
    step(10_000, 0);
    RunStatus.Load load = sampler();
    assertThat(load.busySeconds()).isEqualTo(6);
    assertThat(load.blockedSeconds()).isEqualTo(Map.of("admission", 8.0, "weights", 2.0));
    assertThat(load.busyRatio()).isEqualTo(0.3);
    assertThat(load.blockedRatios()).isEqualTo(Map.of("admission", 0.4, "weights", 0.1));
    assertThat(metrics.value(Metric.STAGE_BUSY_SECONDS_TOTAL, "sampler")).isEqualTo(6);
    assertThat(metrics.value(Metric.STAGE_BLOCKED_SECONDS_TOTAL, "sampler", "admission"))
        .isEqualTo(8);
  }

  /** Two for 20 s, four for 10 s, none for 10 s. */
  @Test
  void workersThatComeAndGoCountForTheTimeThatTheyAreThere() {
    step(1_000, 0);
    nanos += TimeUnit.SECONDS.toNanos(20);
    stream.load(Stage.SAMPLER, 0, 2, 4);
    nanos += TimeUnit.SECONDS.toNanos(10);
    stream.load(Stage.SAMPLER, 0, 1, 0);
    nanos += TimeUnit.SECONDS.toNanos(10);
    metrics.stage(Stage.SAMPLER).worked(WorkTime.busy(Duration.ofSeconds(60)));
    loads.stepped(nanos);
    assertThat(sampler().workers()).isZero();
    assertThat(sampler().busyRatio()).isCloseTo(60.0 / (2 * 20 + 4 * 10), within(1e-9));
  }

  /** Each of the two has waited since long before the first step. */
  @Test
  void waitsThatBeganBeforeAreSharesOfTheRest() {
    step(1_000, 0);
    metrics
        .stage(Stage.SAMPLER)
        .worked(
            new WorkTime(
                Duration.ZERO,
                Map.of(
                    BlockedReason.ADMISSION, Duration.ofMinutes(3),
                    BlockedReason.WEIGHTS, Duration.ofMinutes(1))));
    step(10_000, 0.2);
    assertThat(sampler().busyRatio()).isCloseTo(0.2, within(1e-9));
    assertThat(sampler().blockedRatios().get("admission")).isCloseTo(0.6, within(1e-9));
    assertThat(sampler().blockedRatios().get("weights")).isCloseTo(0.2, within(1e-9));
  }

  @Test
  void withoutAnyWorkersThereIsNoShare() {
    stream.load(Stage.SAMPLER, 1, 0, 0);
    step(1_000, 0);
    step(1_000, 0);
    assertThat(sampler().busyRatio()).isNaN();
  }

  @Test
  void fastStepsAreTakenTogetherAndOldOnesForgotten() {
    for (int i = 0; i < 1_000; i++) {
      step(50, 1);
    }
    assertThat(sampler().busyRatio()).isCloseTo(1, within(1e-9));
    for (int i = 0; i < 200; i++) {
      step(50, 0.5);
    }
    assertThat(sampler().busyRatio()).isBetween(0.6, 0.9);
    for (int i = 0; i < 500; i++) {
      step(50, 0.5);
    }
    assertThat(sampler().busyRatio()).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void whatWasBeforeARestartTellsNothing() {
    step(1_000, 1);
    step(5_000, 1);
    loads.restart();
    step(5_000, 0.1);
    assertThat(sampler().busyRatio()).isNaN();
    step(5_000, 0.5);
    assertThat(sampler().busyRatio()).isCloseTo(0.5, within(1e-9));
  }
}
