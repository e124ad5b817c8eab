package io.tributary.stream;

import io.tributary.data.Batch;
import io.tributary.data.ScoredSequence;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the draws that bootstrap Z. They come in portions, the second and all further ones as
 * large as a batch; where a portion ends, the results so far decide whether another one follows.
 */
final class Bootstrap {
  /*
   * A portion that ends the bootstrap with its hits has more of them than sequences have on average,
   * and so the mean weight of all sequences is too large. That of the portions before is not: that
   * they were not enough says the same about each of their sequences, whatever the order, and every
   * bootstrap has the first sequence in them, so that the expectation of the mean is that of the
   * weight of the first sequence, Z. (k - 1)/(n - 1) after the k-th hit is the case of portions of
   * one sequence. A bootstrap that ends with its first portion, or without enough hits, estimates Z
   * from all of its sequences for the same reason. See docs/estimators.md.
   */

  private final BootstrapPlan plan;
  private final int portionDraws;
  private final List<ScoredSequence> sequences = new ArrayList<>();
  private int draws;
  private int wantedDraws;
  private int hits;
  private int sequencesBefore; // the latest portion
  private int hitsBefore;

  /**
   * @param portionDraws draws of every portion but the first
   */
  Bootstrap(BootstrapPlan plan, int portionDraws) {
    this.plan = plan;
    this.portionDraws = portionDraws;
    this.wantedDraws = plan.draws();
  }

  /** Whether the next draw belongs to training. */
  boolean isOver() {
    return draws == wantedDraws;
  }

  int sequences() {
    return sequences.size();
  }

  int hits() {
    return hits;
  }

  /**
   * Adds the sequences of the next draw.
   *
   * @return the number of draws that are wanted on top of those wanted before
   */
  int add(List<ScoredSequence> draw) {
    sequences.addAll(draw);
    hits += (int) draw.stream().filter(ScoredSequence::hasWeight).count();
    draws++;
    if (!isOver() || hits >= plan.hits()) {
      return 0;
    }
    int portion = Math.max(0, Math.min(portionDraws, plan.mostDraws() - draws));
    if (portion > 0) {
      wantedDraws += portion;
      sequencesBefore = sequences.size();
      hitsBefore = hits;
    }
    return portion;
  }

  /** What was collected, when it is over. */
  Batch.Bootstrap take(long nextDraw) {
    boolean endsWithHits = hitsBefore > 0 && hits >= plan.hits();
    Batch.Bootstrap batch =
        new Batch.Bootstrap(sequences, endsWithHits ? sequencesBefore : sequences.size(), nextDraw);
    sequences.clear();
    return batch;
  }
}
