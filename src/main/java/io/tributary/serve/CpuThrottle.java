package io.tributary.serve;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Limits the CPU time of a thread to a share of one processor, so that a flood of requests can't
 * slow the run down by more. It runs as a task on that thread, every {@link #INTERVAL}, and sleeps
 * off what the thread has overdrawn: between two tasks, when the thread holds no lock.
 *
 * <p>A low thread priority would not do: anyone waiting for a lock that the thread holds, or for a
 * safepoint of the garbage collector, would wait until the thread is scheduled; and threads that it
 * starts would inherit the priority.
 */
final class CpuThrottle implements Runnable {

  /** Time between two runs. */
  static final Duration INTERVAL = Duration.ofMillis(20);

  /** Share of one processor. */
  private static final double SHARE = 0.05;

  /** CPU time granted at the start, while the JVM has compiled nothing yet. */
  static final Duration START = Duration.ofSeconds(3);

  /** Most CPU time that an idle thread saves up: enough for the console page and its files. */
  static final Duration BURST = Duration.ofSeconds(1);

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final double burstNanos;
  private double creditNanos;
  private long time;
  private long computed = -1; // not run yet

  /**
   * @param start CPU time granted at the start
   * @param burst most CPU time that an idle thread saves up
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
