package io.tributary.cluster.wire;

/** What a slot is the place of. */
public enum SlotKind {
  SAMPLER,
  SCORER
}
