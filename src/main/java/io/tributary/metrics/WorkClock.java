package io.tributary.metrics;

import io.tributary.metrics.Label.BlockedReason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures how one worker spends its time: computing, or waiting for something. Thread-safe.
 *
 * <p>Waiting is counted while it lasts, computing only once it is over, so that a hanging worker
 * does not count as busy.
 */
public final class WorkClock implements AutoCloseable {
  private final LongSupplier nanoTime;
  private final Consumer<WorkClock> closing;
  private final Map<BlockedReason, Duration> blocked = new EnumMap<>(BlockedReason.class);
  private Duration busy = Duration.ZERO;
  private @Nullable BlockedReason waitsFor; // null while it computes
  private long since;
  private boolean runs;

  /** A clock whose time is known only to those who {@link #take} it. */
  public WorkClock() {
    this(System::nanoTime, clock -> {});
  }

  /**
   * @param closing told when the clock is closed
   */
  WorkClock(LongSupplier nanoTime, Consumer<WorkClock> closing) {
    this.nanoTime = nanoTime;
    this.closing = closing;
  }

  /** The worker waits from now on. */
  public synchronized void waitFor(BlockedReason reason) {
    measure(true);
    waitsFor = reason;
    runs = true;
  }

  /** The worker computes from now on. */
  public synchronized void work() {
    measure(false);
    waitsFor = null;
    runs = true;
  }

  /** The time since this was last called. */
  public synchronized WorkTime take() {
    measure(false);
    WorkTime time = new WorkTime(busy, blocked);
    busy = Duration.ZERO;
    blocked.clear();
    return time;
  }

  /** The worker is gone; a computation that is not over does not count. */
  @Override
  public void close() {
    synchronized (this) {
      measure(false);
      runs = false;
    }
    closing.accept(this);
  }

  private void measure(boolean computed) {
    long now = nanoTime.getAsLong();
    if (runs && waitsFor == null && !computed) {
      return;
    }
    Duration time = Duration.ofNanos(now - since);
    if (runs && waitsFor == null) {
      busy = busy.plus(time);
    } else if (runs && !time.isZero()) {
      blocked.merge(waitsFor, time, Duration::plus);
    }
    since = now;
  }
}
