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
final class Brake implements Runnable {

  /** How often it has to be run. */
  static final Duration INTERVAL = Duration.ofMillis(20);

  /** Of one processor. */
  private static final double SHARE = 0.1;

  /** What a thread that has rested may compute at once. */
  private static final double BURST_NANOS = 500e6;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private double creditNanos = BURST_NANOS;
  private long time;
  private long computed = -1; // not run yet

  @Override
  public void run() {
    long now = System.nanoTime();
    long computedNow = threads.getCurrentThreadCpuTime();
    if (computed >= 0) {
      creditNanos += SHARE * (now - time);
      creditNanos -= (double) (computedNow - computed);
      creditNanos = Math.min(BURST_NANOS, creditNanos);
    }
    time = now;
    computed = computedNow;
    long end = now + Math.round(Math.max(0, -creditNanos / SHARE));
    while (end - System.nanoTime() > 0) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }
}
