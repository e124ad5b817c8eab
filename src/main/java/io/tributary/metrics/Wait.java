package io.tributary.metrics;

import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * The wait of one worker. It is counted while it goes on, at each scrape, so that a rate is right
 * however long it lasts. Safe for use by several threads.
 */
public final class Wait {
  private final Waits waits;
  private final BlockedReason reason;
  private final BiConsumer<BlockedReason, Long> count;
  private final LongSupplier nanoTime;
  private long since; // counted up to here
  private boolean ended;

  /**
   * @param count takes a reason and nanoseconds
   */
  Wait(
      Waits waits,
      BlockedReason reason,
      BiConsumer<BlockedReason, Long> count,
      LongSupplier nanoTime) {
    this.waits = waits;
    this.reason = reason;
    this.count = count;
    this.nanoTime = nanoTime;
    this.since = nanoTime.getAsLong();
  }

  /** The worker works again, or is gone. */
  public void end() {
    waits.end(this);
  }

  synchronized void count(boolean paused) {
    if (!ended) {
      long now = nanoTime.getAsLong();
      boolean isPause =
          paused && (reason == BlockedReason.INPUT || reason == BlockedReason.ADMISSION);
      count.accept(isPause ? BlockedReason.PAUSED : reason, now - since);
      since = now;
    }
  }

  synchronized void end(boolean paused) {
    count(paused);
    ended = true;
  }
}
