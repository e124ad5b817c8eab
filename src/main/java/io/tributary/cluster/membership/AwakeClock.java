package io.tributary.cluster.membership;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Time in which this process was running: deadlines must not pass while it is suspended, when it
 * can hear nobody. Read at short intervals; a longer gap counts as {@link #LONGEST_GAP} of them.
 * Not thread-safe.
 */
final class AwakeClock {
  private static final int LONGEST_GAP = 4;

  private final long longestGap;
  private final LongSupplier nanoTime;
  private long last;
  private long elapsed;

  /**
   * @param interval time between two readings
   */
  AwakeClock(Duration interval, LongSupplier nanoTime) {
    this.longestGap = interval.multipliedBy(LONGEST_GAP).toNanos();
    this.nanoTime = nanoTime;
    this.last = nanoTime.getAsLong();
  }

  /** Time since the clock was made. */
  Duration read() {
    long now = nanoTime.getAsLong();
    elapsed += Math.min(now - last, longestGap);
    last = now;
    return Duration.ofNanos(elapsed);
  }
}
