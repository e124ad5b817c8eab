package io.tributary.stream;

/**
 * Where a stream starts, how its draws become batches, and when a draw may be made.
 *
 * @param firstDraw number of the first draw
 * @param bootstrap draws at the start that only bootstrap Z
 * @param drawSequences sequences in a draw
 * @param batchSequences sequences in a training batch, a multiple of {@code drawSequences}
 * @param maxStalenessSteps steps that may pass between the admission of a draw and its use
 * @param maxDropRate fraction of sequences that may be dropped
 * @param proposalVersion version of the proposal at the start
 */
public record StreamPlan(
    long firstDraw,
    BootstrapPlan bootstrap,
    int drawSequences,
    int batchSequences,
    int maxStalenessSteps,
    double maxDropRate,
    long proposalVersion) {
  /*
   * A batch is due at a number of sequences, counted from draw 0: the bootstrap after its draws, and
   * every training batch as many sequences after the one before as it takes. Draw k is admitted while
   * k * draw < due + maxStaleness * batch, where the batch that is due is the first one that is not
   * learned: draws of the first training batch are as stale when the bootstrap gives the proposal a
   * guide as those of the next are when a step replaces it. Batches are counted from the start of the
   * stream, so neither a resumed run nor a step that the learner skips or repeats can make the count
   * disagree with what was really used.
   *
   * A batch is due later by the sequences that are dropped or left over, which fill no batch, and by
   * those that a bootstrap takes because it has found too little so far. With the former a draw no
   * longer ends where a batch does, and its last sequences could be used one step too late. Therefore
   * a draw is admitted only if all of it fits below the limit. With a staleness of at least one step that
   * always leaves enough draws for the batch that the learner waits for, since a draw is no longer
   * than a batch. At staleness 0 there is no such room: the draw that completes the batch is
   * admitted, and its surplus is left over. A batch then consists of whole draws, all made with the
   * proposal of its own step, and a run resumes at the draw after it.
   */

  public StreamPlan {
    if (firstDraw < 0 || maxStalenessSteps < 0) {
      throw new IllegalArgumentException(
          "first draw and staleness must not be negative, got %d, %d"
              .formatted(firstDraw, maxStalenessSteps));
    }
    if (drawSequences < 1 || batchSequences < 1 || batchSequences % drawSequences != 0) {
      throw new IllegalArgumentException(
          "a batch must be a positive multiple of a draw, got batches of %d and draws of %d"
              .formatted(batchSequences, drawSequences));
    }
    if (!(maxDropRate >= 0 && maxDropRate <= 1)) {
      throw new IllegalArgumentException("a drop rate is from 0 to 1, got " + maxDropRate);
    }
  }

  /** The same plan with another bound on staleness, for draws admitted from now on. */
  StreamPlan withMaxStalenessSteps(int steps) {
    return new StreamPlan(
        firstDraw, bootstrap, drawSequences, batchSequences, steps, maxDropRate, proposalVersion);
  }

  /** Whether the first batch is the bootstrap. */
  boolean bootstraps() {
    return bootstrap.draws() > 0;
  }

  /** Number of draws in a training batch. */
  int drawsPerBatch() {
    return batchSequences / drawSequences;
  }

  /** Where the first batch is due, as far as its results don't make it longer. */
  long firstDue() {
    long sequences = bootstraps() ? (long) bootstrap.draws() * drawSequences : batchSequences;
    return firstDraw * drawSequences + sequences;
  }

  /** Whether the rest of a draw may be used in the next batch. */
  boolean carriesOver() {
    return maxStalenessSteps > 0;
  }

  /**
   * Whether the draw may be made.
   *
   * @param due where the first batch that is not learned is due
   */
  boolean admits(long draw, long due) {
    long before = draw * drawSequences;
    return before < due || before + drawSequences <= limit(due);
  }

  /** The limit of admission in sequences, counted from draw 0. */
  long limit(long due) {
    return due + (long) maxStalenessSteps * batchSequences;
  }
}
