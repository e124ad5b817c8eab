package io.tributary.cluster.wire;

import io.tributary.cluster.transfer.Manifest;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What the trainer tells a slot, the place of one sampler or scorer on a worker. A lease is sent
 * again until the slot reports on it; the slot does its work once.
 */
public sealed interface ToSlot extends WireMessage {

  /** Work for the slot. */
  sealed interface Lease extends ToSlot {

    /** Which work it is. */
    LeaseId id();

    /** Whom to report to. */
    ActorRef<FromSlot> replyTo();
  }

  /** Make this draw. */
  record DrawLease(LeaseId id, DrawOrder order, ActorRef<FromSlot> replyTo) implements Lease {}

  /**
   * Score this draw.
   *
   * @param lambdas of the target, by feature
   */
  record ScoreLease(LeaseId id, Draw draw, Map<String, Double> lambdas, ActorRef<FromSlot> replyTo)
      implements Lease {
    public ScoreLease {
      lambdas = Map.copyOf(lambdas);
    }
  }

  /** Compute the features of this draw. */
  record FeaturesLease(LeaseId id, Draw draw, ActorRef<FromSlot> replyTo) implements Lease {}

  /**
   * A sampler's slot shall fetch these weights, and draw with them from its next draw on; sent
   * again until the slot holds them.
   *
   * @param fingerprint of the weights
   * @param file what to fetch
   */
  record Offer(long version, String fingerprint, Manifest file, ActorRef<FromSlot> replyTo)
      implements ToSlot {}

  /** No more work will come: the slot shall stop, with no result kept; sent until it has. */
  record Release(String reason) implements ToSlot {}

  /** The result has arrived, or is not wanted any more: the slot may forget it. */
  record Accepted(LeaseId id) implements ToSlot {}
}
