package io.tributary.run.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.WorkTime;
import io.tributary.run.watch.StepPace.WaitingShares;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StepPaceTest {
  private long nanos = seconds(5);
  private final RunMetrics metrics = new RunMetrics(Map.of(), Clock.systemUTC(), () -> nanos);
  private final StepPace pace = new StepPace(metrics, seconds(5));

  private static long seconds(long seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }

  @Test
  void aStepIsMissedWhenItTakesThreeTimesAsLongAsTheOneBefore() {
    assertThat(pace.overdue(seconds(1_000))).as("the first one").isEmpty();
    assertThat(pace.stepped(seconds(7)).seconds()).isEqualTo(2);
    assertThat(pace.overdue(seconds(13))).isEmpty();
    assertThat(pace.overdue(seconds(14))).isPresent();
    assertThat(pace.stepped(seconds(15)).seconds()).isEqualTo(8);
    assertThat(pace.overdue(seconds(30))).isEmpty();
  }

  @Test
  void aPauseIsNotHeldAgainstTheStepThatItFallsInto() {
    pace.stepped(seconds(6));
    pace.paused(seconds(7));
    pace.unpaused(seconds(100));
    assertThat(pace.overdue(seconds(102))).isEmpty();
    assertThat(pace.stepped(seconds(101)).seconds()).isEqualTo(2);

    pace.paused(seconds(102));
    assertThat(pace.stepped(seconds(104)).seconds()).as("while it is paused").isEqualTo(3);
    pace.unpaused(seconds(200));
    assertThat(pace.stepped(seconds(201)).seconds()).isEqualTo(1);
  }

  @Test
  void waitsAreSharesOfTheStepThatTheyFallInto() {
    samplers(1);
    told(Stage.LEARNER, BlockedReason.INPUT, 0.5);
    told(Stage.SAMPLER, BlockedReason.ADMISSION, 9);
    assertThat(step(2)).isEqualTo(new WaitingShares(0.25, 1));

    samplers(2);
    told(Stage.SAMPLER, BlockedReason.ADMISSION, 1);
    nanos += seconds(8);
    assertThat(pace.overdue(nanos)).contains(new WaitingShares(0, 0.0625));
    nanos -= seconds(8);
    assertThat(step(2)).isEqualTo(new WaitingShares(0, 0.25));
  }

  @Test
  void samplersThatJoinOrLeaveDuringAStepCountForAPart() {
    samplers(4);
    nanos += seconds(1);
    samplers(0);
    told(Stage.SAMPLER, BlockedReason.ADMISSION, 1);
    assertThat(step(3))
        .as("4 samplers for a quarter of the step")
        .isEqualTo(new WaitingShares(0, 0.25));
    assertThat(step(1)).as("none").isEqualTo(new WaitingShares(0, 0));
  }

  private void samplers(int number) {
    metrics.stage(Stage.SAMPLER).workers(number);
  }

  private WaitingShares step(long duration) {
    nanos += seconds(duration);
    return pace.stepped(nanos).waiting();
  }

  private void told(Stage stage, BlockedReason reason, double seconds) {
    Duration time = Duration.ofNanos(Math.round(1e9 * seconds));
    metrics.stage(stage).worked(new WorkTime(Duration.ZERO, Map.of(reason, time)));
  }
}
