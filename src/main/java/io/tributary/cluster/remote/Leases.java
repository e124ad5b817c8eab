package io.tributary.cluster.remote;

import io.tributary.cluster.wire.LeaseId;
import io.tributary.data.DrawOrder;
import java.util.concurrent.atomic.AtomicLong;

/** Numbers the leases of one start of the trainer. Thread-safe. */
public final class Leases {
  private final long epoch;
  private final AtomicLong last = new AtomicLong();

  /**
   * @param epoch identifies this start of the trainer: random, and compared for equality alone, so
   *     that no clock can make two starts alike
   */
  public Leases(long epoch) {
    this.epoch = epoch;
  }

  /** Identifies this start of the trainer. */
  public long epoch() {
    return epoch;
  }

  LeaseId next(DrawOrder.Purpose purpose, long number) {
    return new LeaseId(epoch, last.incrementAndGet(), purpose, number);
  }
}
