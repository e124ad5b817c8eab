package io.tributary.stream;

/**
 * Where a stream starts, how its draws become batches, and when a draw may be made.
 *
 * @param firstDraw number of the first draw
 * @param bootstrapDraws number of draws at the start that only bootstrap Z
 * @param drawSequences sequences in a draw
 * @param batchSequences sequences in a training batch, a multiple of {@code drawSequences}
 * @param maxStalenessSteps steps that may pass between the admission of a draw and its use
 * @param maxDropRate fraction of sequences that may be dropped
 * @param proposalVersion version of the proposal at the start
 */
public record StreamPlan(
    long firstDraw,
    int bootstrapDraws,
    int drawSequences,
    int batchSequences,
    int maxStalenessSteps,
    double maxDropRate,
    long proposalVersion) {
  /*
   * Draw k is admitted while k * draw < bootstrap + (learned + 1 + maxStaleness) * batch. Batches are
   * counted from the start of the stream, so neither a resumed run nor a step that the learner skips
   * or repeats can make the count disagree with what was really used.
   *
   * Sequences that are dropped or left over fill no batch and do not count. A draw then no longer
   * ends where a batch does, and its last sequences could be used one step too late. Therefore a draw
   * is admitted only if all of it fits below the limit. With a staleness of at least one step that
   * always leaves enough draws for the batch that the learner waits for, since a draw is no longer
   * than a batch. At staleness 0 there is no such room: the draw that completes the batch is
   * admitted, and its surplus is left over. A batch then consists of whole draws, all made with the
   * proposal of its own step, and a run resumes at the draw after it.
   */

  public StreamPlan {
    if (firstDraw < 0 || bootstrapDraws < 0 || maxStalenessSteps < 0) {
      throw new IllegalArgumentException(
          "first draw, bootstrap draws and staleness must not be negative, got %d, %d, %d"
              .formatted(firstDraw, bootstrapDraws, maxStalenessSteps));
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
        firstDraw,
        bootstrapDraws,
        drawSequences,
        batchSequences,
        steps,
        maxDropRate,
        proposalVersion);
  }

  boolean bootstraps(long draw) {
    return draw < firstDraw + bootstrapDraws;
  }

  /** Whether the rest of a draw may be used in the next batch. */
  boolean carriesOver() {
    return maxStalenessSteps > 0;
  }

  /**
   * Whether the draw may be made.
   *
   * @param learnedBatches training batches learned since the start of the stream
   * @param unused sequences of earlier training draws that were dropped or left over
   */
  boolean admits(long draw, long learnedBatches, long unused) {
    if (bootstraps(draw)) {
      return true;
    }
    long before = (draw - firstDraw - bootstrapDraws) * drawSequences - unused;
    return before + drawSequences <= (learnedBatches + 1 + maxStalenessSteps) * batchSequences
        || before < (learnedBatches + 1) * batchSequences;
  }

  /** The limit of admission in sequences, counted from draw 0. */
  long limit(long learnedBatches, long unused) {
    return (firstDraw + bootstrapDraws) * drawSequences
        + (learnedBatches + 1 + maxStalenessSteps) * batchSequences
        + unused;
  }
}
