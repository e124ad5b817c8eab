package io.tributary.stream;

import io.tributary.data.RunFailedException;

/**
 * Limits how many sequences may be dropped because a feature failed on them. A few do no harm; a
 * feature that fails often would leave the learner with a biased sample, or none, so that ends the
 * run.
 */
final class DropRate {
  /** The rate is taken over this many sequences. */
  static final int WINDOW = 10_000;

  private final double maxDropRate;
  private int scored;
  private int dropped;

  DropRate(double maxDropRate) {
    this.maxDropRate = maxDropRate;
  }

  /**
   * Counts a draw.
   *
   * @throws RunFailedException as soon as more of a window's sequences are dropped than allowed
   */
  void count(int drawSequences, int droppedSequences) {
    scored += drawSequences;
    dropped += droppedSequences;
    if (dropped > maxDropRate * WINDOW) {
      throw new RunFailedException(
          "scoring failed on %d of the last %d sequences, stream.max-drop-rate = %s allows %d of %d; the log of the scorers says why"
              .formatted(dropped, scored, maxDropRate, (int) (maxDropRate * WINDOW), WINDOW));
    }
    if (scored >= WINDOW) {
      scored = 0;
      dropped = 0;
    }
  }
}
