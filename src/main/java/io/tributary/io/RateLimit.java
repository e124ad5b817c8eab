package io.tributary.io;

import java.util.concurrent.TimeUnit;

/**
 * A rate that several threads share in the order in which they ask, such as bytes a second of all
 * uploads together.
 */
public final class RateLimit {
  private volatile long perSecond;
  private final long burst;
  private long free;

  /**
   * @param perSecond units a second; 0: no limit
   * @param burst units that may pass at once, in the beginning and after a pause
   */
  public RateLimit(long perSecond, long burst) {
    this.burst = burst;
    setRate(perSecond);
    this.free = System.nanoTime() - (perSecond == 0 ? 0 : nanos(burst, perSecond));
  }

  /** Changes the rate for those who ask from now on; 0: no limit. */
  public void setRate(long rate) {
    if (rate < 0) {
      throw new IllegalArgumentException(
          "a rate of %d a second, expected 0 or more".formatted(rate));
    }
    perSecond = rate;
  }

  /**
   * Waits until it is the turn of these units.
   *
   * @return for how long, in nanoseconds
   */
  public long take(long units) throws InterruptedException {
    long rate = perSecond;
    if (rate == 0) {
      return 0;
    }
    long wait = reserve(units, rate);
    TimeUnit.NANOSECONDS.sleep(wait);
    return wait;
  }

  /** Gives units back that need not have been taken. */
  public synchronized void giveBack(long units) {
    long rate = perSecond;
    if (rate > 0) {
      free -= nanos(units, rate);
    }
  }

  private synchronized long reserve(long units, long rate) {
    long now = System.nanoTime();
    long earliest = now - nanos(burst, rate);
    if (free - earliest < 0) {
      free = earliest;
    }
    free += nanos(units, rate);
    return Math.max(0, free - now);
  }

  private static long nanos(long units, long rate) {
    return (long) (units * 1e9 / rate);
  }
}
