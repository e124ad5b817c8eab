package io.tributary.data;

import java.util.List;

/**
 * Scored sequences in the order of their draws, as the learner takes them.
 *
 * <p>The number of the next draw goes with them, so that a checkpoint made after the batch knows
 * where the run continues.
 */
public sealed interface Batch {

  /** The sequences, in the order of draw and index. */
  List<ScoredSequence> sequences();

  /** Number of the first draw of which nothing has been used when this batch has been. */
  long nextDraw();

  /**
   * The first sequences of a run: they give the first estimate of Z and are not trained on.
   *
   * @param estimating how many of them, from the first one on, estimate Z: not all where the last
   *     ones were the last because of their weights
   */
  record Bootstrap(List<ScoredSequence> sequences, int estimating, long nextDraw) implements Batch {
    public Bootstrap {
      sequences = List.copyOf(sequences);
      if (estimating < 0 || estimating > sequences.size()) {
        throw new IllegalArgumentException(
            "expected a number of the %d sequences, got %d"
                .formatted(sequences.size(), estimating));
      }
    }

    /** A bootstrap of a size that does not depend on the sequences. */
    public Bootstrap(List<ScoredSequence> sequences, long nextDraw) {
      this(sequences, sequences.size(), nextDraw);
    }
  }

  /** Exactly {@code learner.batch-size} sequences for one gradient step. */
  record Training(List<ScoredSequence> sequences, long nextDraw) implements Batch {
    public Training {
      sequences = List.copyOf(sequences);
    }
  }
}
