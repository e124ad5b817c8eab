package io.tributary.io;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Writes to what somebody else reads, or does not: a terminal that is stopped, a pipe that is full.
 * A thread of its own does the writing, in order. Whoever writes waits for it as usual, but only a
 * moment where nobody reads, and not at all from then until what waits is read.
 */
public final class Outlet {
  private static final Duration MOMENT = Duration.ofMillis(200);
  private static final Duration LAST_WAIT = Duration.ofSeconds(2);

  /** Writings that wait for a reader; further ones are left out. */
  private static final int MOST_WAITING = 1000;

  private final ThreadPoolExecutor writer;
  private volatile @Nullable Future<?> late;

  /**
   * @param name of its thread
   */
  public Outlet(String name) {
    this.writer =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            work -> {
              Thread thread = new Thread(work, name);
              thread.setDaemon(true);
              return thread;
            });
    writer.allowCoreThreadTimeOut(true);
  }

  /** Whether nobody has read for a while what is written. */
  boolean isBehind() {
    Future<?> waiting = late;
    return waiting != null && !waiting.isDone();
  }

  /**
   * Writes something, soon.
   *
   * @param writing may take forever; its failure is its own matter
   */
  public void write(Runnable writing) {
    try {
      boolean behind = isBehind();
      Future<?> done = writer.submit(writing);
      if (behind || !isDone(done, MOMENT)) {
        late = done;
      }
    } catch (RejectedExecutionException e) {
      // It is left out: as many wait as may.
    }
  }

  /**
   * Waits for what is not written yet, at the end, but not for long.
   *
   * @return whether all is written; otherwise somebody may write for ever still
   */
  public boolean finish() {
    Future<?> waiting = late;
    return waiting == null || isDone(waiting, LAST_WAIT);
  }

  /** Whether it is done within this time. */
  private static boolean isDone(Future<?> done, Duration patience) {
    try {
      done.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
