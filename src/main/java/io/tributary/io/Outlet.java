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
 * Writes to something that may not be read, such as a suspended terminal or a full pipe. Its own
 * thread does the writing, in order. Callers wait until their text is written, as usual; but if
 * nobody reads, they wait only a moment, and from then on not at all until the backlog is read.
 */
public final class Outlet {
  private static final Duration MOMENT = Duration.ofMillis(200);
  private static final Duration LAST_WAIT = Duration.ofSeconds(2);

  /** The most texts that wait for a reader; further ones are dropped. */
  private static final int MOST_WAITING = 1000;

  private final ThreadPoolExecutor writer;
  private volatile @Nullable Future<?> late;

  /**
   * @param name of the thread
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

  /** Whether there is a backlog because nobody reads. */
  boolean isBehind() {
    Future<?> waiting = late;
    return waiting != null && !waiting.isDone();
  }

  /**
   * Writes something in order.
   *
   * @param writing may block for ever; exceptions that it throws are ignored
   */
  public void write(Runnable writing) {
    try {
      boolean behind = isBehind();
      Future<?> done = writer.submit(writing);
      if (behind || !isDone(done, MOMENT)) {
        late = done;
      }
    } catch (RejectedExecutionException e) {
      // The backlog is full: drop it.
    }
  }

  /**
   * Waits a short time, at the end, for the backlog to be written.
   *
   * @return whether everything is written; if not, the thread may block for ever
   */
  public boolean finish() {
    Future<?> waiting = late;
    return waiting == null || isDone(waiting, LAST_WAIT);
  }

  /** Whether the writing ends within this time. */
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
