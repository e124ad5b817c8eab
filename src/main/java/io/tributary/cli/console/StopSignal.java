package io.tributary.cli.console;

import io.tributary.config.ShutdownConfig;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whether SIGINT or SIGTERM has asked the process to end. The process then waits until this
 * is closed, so that work can be saved, but no longer than {@code shutdown.grace}.
 */
public final class StopSignal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::await, "stop-signal");
  private final Duration grace;
  private volatile boolean received;

  public StopSignal(ShutdownConfig shutdown) {
    this.grace = shutdown.grace();
    Runtime.getRuntime().addShutdownHook(hook);
  }

  public boolean isReceived() {
    return received;
  }

  private void await() {
    received = true;
    try {
      if (!closed.await(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.error("the work under way did not end within shutdown.grace = {}", grace);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    if (!received) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The signal has just arrived: the hook runs, and ends at once.
        received = true;
      }
    }
  }
}
