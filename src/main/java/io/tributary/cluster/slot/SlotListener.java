package io.tributary.cluster.slot;

import io.tributary.cluster.wire.FromSlot;
import io.tributary.cluster.wire.SlotKind;

/** Observes the slots of a worker, for its metrics. Called on their threads: must not block. */
public interface SlotListener {

  /** A piece of work has ended, in a result or in a failure. */
  void ended(SlotKind kind, FromSlot.Result result);

  /** A sampler has taken over this version of the proposal. */
  void holds(long version);
}
