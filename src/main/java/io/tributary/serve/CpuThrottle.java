package io.tributary.serve;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps a thread from computing more than a share of the time, so that a flood of requests takes no
 * more than that from the run. It is run on that thread itself now and then, and lets it rest for
 * as long as it has computed too much: between two tasks, when it holds no lock.
 *
 * <p>A low priority would not do: whoever waits for a lock that the thread holds, or for all
 * threads to stop for the garbage collector, would wait until it gets a processor; and threads that
 * it starts would inherit it.
 */
final class CpuThrottle implements Runnable {

  /** How often it has to be run. */
  static final Duration INTERVAL = Duration.ofMillis(20);

  /** Of one processor. */
  private static final double SHARE = 0.05;

  /** What it may compute at once in the beginning, while the JVM has not compiled anything yet. */
  static final Duration START = Duration.ofSeconds(3);

  /** What a thread that has rested may compute at once: enough for a page with all its files. */
  static final Duration BURST = Duration.ofSeconds(1);

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final double burstNanos;
  private double creditNanos;
  private long time;
  private long computed = -1; // not run yet

  /**
   * @param start what the thread may compute at once in the beginning
   * @param burst and after a rest
   */
  CpuThrottle(Duration start, Duration burst) {
    this.creditNanos = (double) start.toNanos();
    this.burstNanos = (double) burst.toNanos();
  }

  @Override
  public void run() {
    long now = System.nanoTime();
    long computedNow = threads.getCurrentThreadCpuTime();
    if (computed >= 0) {
      double rested = Math.min(SHARE * (now - time), burstNanos - creditNanos);
      creditNanos += Math.max(0, rested);
      creditNanos -= (double) (computedNow - computed);
    }
    time = now;
    computed = computedNow;
    long end = now + Math.round(Math.max(0, -creditNanos / SHARE));
    while (end - System.nanoTime() > 0) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }
}
