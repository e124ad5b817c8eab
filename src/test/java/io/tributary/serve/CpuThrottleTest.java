package io.tributary.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.Slow;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CpuThrottleTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Slow
  @Test
  void aThreadThatComputesWithoutEndRestsNineteenTwentiethsOfTheTimeAfterABurst() {
    CpuThrottle brake = new CpuThrottle(Duration.ofMillis(500), Duration.ofMillis(100));
    brake.run();
    long begun = System.nanoTime();
    long computed = compute(brake, 6 * SECOND / 10);
    long elapsed = System.nanoTime() - begun;
    long afterBurst = computed - SECOND / 2;
    assertThat(elapsed).isGreaterThanOrEqualTo(16 * afterBurst);
  }

  @Test
  void aThreadThatComputesLittleIsNotHeldUp() {
    CpuThrottle brake = new CpuThrottle(Duration.ofMillis(500), Duration.ofMillis(500));
    brake.run();
    compute(brake, SECOND / 10);
    long begun = System.nanoTime();
    brake.run();
    assertThat(System.nanoTime() - begun).isLessThan(SECOND / 10);
  }

  /** Computes for so long of a processor's time, and returns for how long it was. */
  private static long compute(CpuThrottle brake, long nanos) {
    long begun = cpuTime();
    long next = begun;
    while (cpuTime() - begun < nanos) {
      if (cpuTime() >= next) {
        brake.run();
        next = cpuTime() + CpuThrottle.INTERVAL.toNanos();
      }
    }
    brake.run();
    return cpuTime() - begun;
  }

  private static long cpuTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
