package io.tributary.cluster.slot;

import io.tributary.cluster.wire.FromSlot;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.data.WeightSnapshot;
import io.tributary.protocol.SamplerCommand.TakenOver;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * The proposals of a slot: what it was offered last, whether it has fetched that, and what its
 * sampler has confirmed. For the slot's thread.
 */
final class SlotWeights {
  private final @Nullable ActorRef<WeightCache.Fetch> cache;
  private final ActorRef<Object> slot;
  private ToSlot.@Nullable Offer offer;
  private @Nullable WeightSnapshot newest;
  private @Nullable TakenOver held;

  /**
   * @param cache fetches weights; null for a scorer's slot, to which offers mean nothing
   * @param slot told of what was fetched, see {@link WeightCache}
   */
  SlotWeights(@Nullable ActorRef<WeightCache.Fetch> cache, ActorRef<Object> slot) {
    this.cache = cache;
    this.slot = slot;
  }

  /** What is to be loaded between draws; null before the first offer. */
  @Nullable WeightSnapshot newest() {
    return newest;
  }

  /** These weights, if they are the newest; otherwise null, and they are fetched. */
  @Nullable WeightSnapshot forDraw(ToSlot.Proposal wanted) {
    if (newest != null && wanted.is(newest.version())) {
      return newest;
    }
    fetch(wanted, true);
    return null;
  }

  /**
   * The trainer offers these.
   *
   * @return whether the newest are to be taken over again: the sampler has this version, but did
   *     not load it as it is
   */
  boolean offered(ToSlot.Offer offered) {
    offer = offered;
    if (held != null && isOffered(held.version(), held.fingerprint())) {
      confirm(offered, held);
    } else if (newest != null && offered.proposal().is(newest.version())) {
      offered.replyTo().tell(new FromSlot.Fetched(newest.version().number()));
      return held != null && held.version() == offered.proposal().version();
    } else {
      fetch(offered.proposal(), false);
    }
    return false;
  }

  private void fetch(ToSlot.Proposal wanted, boolean forDraw) {
    if (cache != null) {
      cache.tell(new WeightCache.Fetch(wanted, forDraw, slot));
    }
  }

  /**
   * Weights have been fetched.
   *
   * @return whether they are what was offered last, and new
   */
  boolean fetched(WeightSnapshot weights) {
    ToSlot.Offer current = offer;
    if (current == null
        || !current.proposal().is(weights.version())
        || (newest != null && newest.version().equals(weights.version()))) {
      return false;
    }
    newest = weights;
    current.replyTo().tell(new FromSlot.Fetched(weights.version().number()));
    return true;
  }

  /** The sampler holds these. */
  void taken(TakenOver taken) {
    held = taken;
    if (offer != null) {
      confirm(offer, taken);
    }
  }

  private static void confirm(ToSlot.Offer offer, TakenOver taken) {
    offer.replyTo().tell(new FromSlot.Holds(taken.version(), taken.fingerprint()));
  }

  private boolean isOffered(long version, String fingerprint) {
    return offer != null
        && offer.proposal().version() == version
        && offer.proposal().fingerprint().equals(fingerprint);
  }

  /** The sampler has been replaced, and holds nothing. */
  void lost() {
    held = null;
  }
}
