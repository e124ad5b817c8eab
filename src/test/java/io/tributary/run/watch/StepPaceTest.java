package io.tributary.run.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.WorkClock;
import io.tributary.run.watch.StepPace.WaitingShares;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StepPaceTest {
  private long nanos;
  private final RunMetrics metrics = new RunMetrics(Map.of(), Clock.systemUTC(), () -> nanos);
  private int samplers = 1;
  private final StepPace pace = new StepPace(() -> samplers, metrics::time, seconds(5));

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
    waited(Stage.LEARNER, BlockedReason.INPUT, 0.5);
    waited(Stage.SAMPLER, BlockedReason.ADMISSION, 9);
    assertThat(pace.stepped(seconds(7)).waiting()).isEqualTo(new WaitingShares(0.25, 1));

    samplers = 2;
    waited(Stage.SAMPLER, BlockedReason.ADMISSION, 1);
    assertThat(pace.overdue(seconds(15))).contains(new WaitingShares(0, 0.0625));
    assertThat(pace.stepped(seconds(9)).waiting()).isEqualTo(new WaitingShares(0, 0.25));
  }

  private void waited(Stage stage, BlockedReason reason, double seconds) {
    WorkClock clock = metrics.stage(stage).clock();
    clock.waitFor(reason);
    nanos += Math.round(1e9 * seconds);
    clock.close();
  }
}
