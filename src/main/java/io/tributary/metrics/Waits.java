package io.tributary.metrics;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * All workers that wait now. While an operator has paused either side of the stream, a wait for
 * input or for admission is one for the end of the pause. Safe for use by several threads.
 */
final class Waits {
  private final Set<Wait> open = ConcurrentHashMap.newKeySet();
  private final LongSupplier nanoTime;
  private volatile boolean paused;

  Waits(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** A worker begins to wait. */
  Wait begin(BlockedReason reason, BiConsumer<BlockedReason, Long> count) {
    Wait wait = new Wait(this, reason, count, nanoTime);
    open.add(wait);
    return wait;
  }

  void end(Wait wait) {
    open.remove(wait);
    wait.end(paused);
  }

  /** Counts every wait up to now. */
  void count() {
    open.forEach(wait -> wait.count(paused));
  }

  /** A pause begins or ends. */
  void pause(boolean begins) {
    count();
    paused = begins;
  }
}
