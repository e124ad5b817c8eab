package io.tributary.cli;

import java.util.concurrent.CountDownLatch;

/**
 * SIGINT and SIGTERM as a question: has the process been asked to end? It then waits until this is
 * closed, so that what was reached can be saved.
 */
final class StopSignal implements AutoCloseable {
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::await, "stop-signal");
  private volatile boolean received;

  StopSignal() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  boolean isReceived() {
    return received;
  }

  private void await() {
    received = true;
    try {
      closed.await();
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
        // It came this very moment: the hook runs, and ends at once.
        received = true;
      }
    }
  }
}
