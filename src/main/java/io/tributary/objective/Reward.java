package io.tributary.objective;

import io.tributary.data.ScoredSequence;

/** The reward r(x) of a sequence: 1 iff all hard constraints of the target hold. */
public final class Reward {
  /** r(x). */
  public double of(ScoredSequence sequence) {
    return sequence.logTarget() > Double.NEGATIVE_INFINITY ? 1 : 0;
  }
}
