package io.tributary.cluster.remote;

import io.tributary.cluster.wire.FromSlot;
import io.tributary.cluster.wire.LeaseId;
import io.tributary.cluster.wire.ToSlot;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the one lease that a slot has at a time: sends it again while nothing is heard of it, and
 * acknowledges its result once. For the thread of the actor whose timers it uses.
 *
 * <p>A lost message therefore costs a moment, not the worker. Whether the slot's machine is still
 * there is decided elsewhere.
 */
final class LeaseKeeper {
  /** After so long without a word the lease is sent again. */
  static final Duration RESEND = Duration.ofSeconds(3);

  /** The same once the slot has said that it has the lease. */
  static final Duration REMIND = Duration.ofSeconds(30);

  /** It is time to send the lease again, unless something has been heard of it. */
  record Resend(LeaseId id) {}

  private final ActorRef<ToSlot> slot;
  private final TimerScheduler<Object> timers;
  private ToSlot.@Nullable Lease current;
  private boolean heard;

  LeaseKeeper(ActorRef<ToSlot> slot, TimerScheduler<Object> timers) {
    this.slot = slot;
    this.timers = timers;
  }

  /** Gives the slot this work; what it had before is not wanted any more. */
  void lease(ToSlot.Lease lease) {
    current = lease;
    heard = false;
    slot.tell(lease);
    awaitWord(lease.id(), RESEND);
  }

  /**
   * To be called with every {@link Resend}.
   *
   * @return whether the lease was sent again
   */
  boolean resend(Resend due) {
    ToSlot.Lease lease = current;
    if (lease == null || !lease.id().equals(due.id())) {
      return false;
    }
    slot.tell(lease);
    awaitWord(lease.id(), RESEND);
    return true;
  }

  /**
   * Takes note of a report.
   *
   * @return whether it is about the present lease; a result ends that
   */
  boolean hear(FromSlot.Report report) {
    boolean known = current != null && current.id().equals(report.id());
    if (report instanceof FromSlot.Result) {
      slot.tell(new ToSlot.Accepted(report.id())); // also of what is not wanted: it may forget it
      if (known) {
        forget();
      }
    } else if (known) {
      heard = true;
      awaitWord(report.id(), REMIND);
    }
    return known;
  }

  /** Whether the slot has said anything about the present lease. */
  boolean isHeard() {
    return current != null && heard;
  }

  /** The lease is not wanted any more. */
  void forget() {
    current = null;
    timers.cancel(Resend.class);
  }

  private void awaitWord(LeaseId id, Duration patience) {
    timers.startSingleTimer(Resend.class, new Resend(id), patience);
  }
}
