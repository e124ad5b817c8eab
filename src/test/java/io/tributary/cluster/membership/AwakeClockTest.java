package io.tributary.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AwakeClockTest {
  private final AtomicLong nanos = new AtomicLong(-7);
  private final AwakeClock clock = new AwakeClock(Duration.ofSeconds(1), nanos::get);

  @Test
  void timeInWhichTheProcessRunsCounts() {
    assertThat(clock.read()).isEqualTo(Duration.ZERO);
    assertThat(after(1)).isEqualTo(Duration.ofSeconds(1));
    assertThat(after(3)).isEqualTo(Duration.ofSeconds(4));
  }

  @Test
  void timeInWhichItIsSuspendedDoesNot() {
    after(1);
    assertThat(after(3600)).isEqualTo(Duration.ofSeconds(1 + 4));
    assertThat(after(1)).isEqualTo(Duration.ofSeconds(1 + 4 + 1));
  }

  private Duration after(int seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    return clock.read();
  }
}
