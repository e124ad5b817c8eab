package io.tributary.cluster.wire;

import io.tributary.cluster.transfer.Manifest;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
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

  /**
   * A version of the proposal, and the file that it can be fetched as.
   *
   * @param fingerprint of the weights
   * @param guideStrength as in {@link WeightSnapshot}
   */
  record Proposal(long version, String fingerprint, Manifest file, double guideStrength) {

    /** These weights, which can be fetched as this file. */
    public static Proposal of(WeightSnapshot weights, Manifest file) {
      WeightVersion version = weights.version();
      return new Proposal(version.number(), version.fingerprint(), file, weights.guideStrength());
    }

    /** Whether these weights are it. */
    public boolean is(WeightVersion weights) {
      return weights.number() == version && weights.fingerprint().equals(fingerprint);
    }
  }

  /** Make this draw with exactly this proposal. */
  record DrawLease(LeaseId id, DrawOrder order, Proposal proposal, ActorRef<FromSlot> replyTo)
      implements Lease {

    /** The same with the weights, for the sampler. */
    public DrawLease with(WeightSnapshot weights) {
      return new DrawLease(id, order.begunWith(weights), proposal, replyTo);
    }
  }

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
   * The newest proposal, which a sampler's slot shall fetch, and load between draws; sent again
   * until the slot holds it.
   */
  record Offer(Proposal proposal, ActorRef<FromSlot> replyTo) implements ToSlot {}

  /** No more work will come: the slot shall stop, with no result kept; sent until it has. */
  record Release(String reason) implements ToSlot {}

  /** The result has arrived, or is not wanted any more: the slot may forget it. */
  record Accepted(LeaseId id) implements ToSlot {}
}
