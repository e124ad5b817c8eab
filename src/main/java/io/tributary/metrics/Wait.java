package io.tributary.metrics;

import java.util.function.BiConsumer;

/**
 * The wait of one worker. It is counted while it goes on, at each scrape, so that a rate is right
 * however long it lasts. Safe for use by several threads.
 */
public final class Wait {
  private final Waits waits;
  private final BlockedReason reason;
  private final BiConsumer<BlockedReason, Long> count;
  private long since; // nanoseconds; counted up to here
  private boolean ended;

  /**
   * @param count takes a reason and nanoseconds
   */
  Wait(Waits waits, BlockedReason reason, BiConsumer<BlockedReason, Long> count, long since) {
    this.waits = waits;
    this.reason = reason;
    this.count = count;
    this.since = since;
  }

  /** The worker works again, or is gone. */
  public void end() {
    waits.end(this);
  }

  synchronized void countUntil(long now, boolean paused) {
    if (!ended) {
      boolean isPause =
          paused && (reason == BlockedReason.INPUT || reason == BlockedReason.ADMISSION);
      count.accept(isPause ? BlockedReason.PAUSED : reason, now - since);
      since = now;
    }
  }

  synchronized void endAt(long now, boolean paused) {
    countUntil(now, paused);
    ended = true;
  }
}
