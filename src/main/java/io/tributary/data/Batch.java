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

  /** The first sequences of a run: they give the first estimate of Z and are not trained on. */
  record Bootstrap(List<ScoredSequence> sequences, long nextDraw) implements Batch {
    public Bootstrap {
      sequences = List.copyOf(sequences);
    }
  }

  /** Exactly {@code learner.batch-size} sequences for one gradient step. */
  record Training(List<ScoredSequence> sequences, long nextDraw) implements Batch {
    public Training {
      sequences = List.copyOf(sequences);
    }
  }
}
