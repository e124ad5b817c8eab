package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.data.RunFailedException;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.LearnerEvent;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.Test;

class ProgressWatchdogTest {
  private final AtomicLong now = new AtomicLong();
  private final ProgressWatchdog watchdog =
      new ProgressWatchdog(Duration.ofSeconds(10), Duration.ofSeconds(30), () -> now.get());

  private void sleep(long seconds) {
    now.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  /** Looks once in a second, and expects nothing to complain of but at the end. */
  private Optional<RunFailedException> pass(long seconds) {
    for (int second = 1; second < seconds; second++) {
      sleep(1);
      assertThat(watchdog.complaint(3)).isEmpty();
    }
    sleep(1);
    return watchdog.complaint(3);
  }

  @Test
  void workWithoutASignOfLifeIsComplainedOf() {
    watchdog.streamStarted();
    watchdog.hear(LearnerEvent.Active.INSTANCE);
    assertThat(pass(39)).isEmpty();
    watchdog.hear(LearnerEvent.Active.INSTANCE);
    assertThat(pass(40)).isEmpty();
    assertThat(pass(1).orElseThrow())
        .hasMessageContaining("neither the learner nor the evaluator has shown progress for 41 s");
  }

  @Test
  void aLearnerThatWaitsForDataMayWait() {
    watchdog.streamStarted();
    watchdog.hear(LearnerEvent.Active.INSTANCE);
    watchdog.hear(new LearnerEvent.Idle(5, WorkTime.NONE));
    watchdog.hear(new LearnerEvent.CheckpointFailed(5, "asked for, with a full disk"));
    assertThat(pass(100_000)).isEmpty();
  }

  @Test
  void whatNeverGetsReadyIsComplainedOf() {
    assertThat(pass(41)).isPresent();
    watchdog.begin();
    assertThat(watchdog.complaint(0)).isEmpty();
  }

  @Test
  void theTimeInWhichTheProcessWasStoppedIsNotSilence() {
    watchdog.streamStarted();
    watchdog.hear(LearnerEvent.Active.INSTANCE);
    assertThat(pass(20)).isEmpty();
    sleep(1_000);
    assertThat(watchdog.complaint(3)).isEmpty();
    assertThat(pass(20)).isEmpty();
    assertThat(pass(1)).isPresent();
  }

  @Test
  void looksThatComeAFewIntervalsLateForgiveNothing() {
    watchdog.streamStarted();
    watchdog.hear(LearnerEvent.Active.INSTANCE);
    for (int look = 0; look < 4; look++) {
      sleep(10); // just below four intervals
      assertThat(watchdog.complaint(3)).isEmpty();
    }
    sleep(10);
    assertThat(watchdog.complaint(3)).isPresent();

    watchdog.hear(LearnerEvent.Active.INSTANCE);
    for (int look = 0; look < 10; look++) {
      sleep(11);
      assertThat(watchdog.complaint(3)).isEmpty();
    }
  }

  @Test
  void whatIsHeardAfterAStopBeginsTheTimeAnew() {
    watchdog.streamStarted();
    sleep(1_000);
    watchdog.hear(LearnerEvent.Active.INSTANCE);
    assertThat(pass(41)).as("from the next look on").isEmpty();
    assertThat(pass(1)).isPresent();
  }

  @Test
  void aStreamThatWaitsForEverForAConfirmationIsComplainedOf() {
    ActorTestKit kit = ActorTestKit.create();
    try {
      watchdog.hear(new LearnerEvent.Ready(kit.system().ignoreRef(), 3, false));
      assertThat(pass(120)).isEmpty();
      assertThat(pass(1).orElseThrow())
          .hasMessageContaining("no sampler has confirmed proposal 3 within 121 s");
      watchdog.streamStarted();
      assertThat(watchdog.complaint(3)).isEmpty();
    } finally {
      kit.shutdownTestKit();
    }
  }
}
