package io.tributary.stream;

/**
 * Hears how the stream fares, for metrics and status. Called on the stream's threads: it must be
 * quick and must not throw.
 */
public interface StreamListener {

  /** Draws are let in up to this many sequences, counted from the beginning of the run. */
  void limitChanged(long sequences);

  /** The gate holds a draw back that could be drawn now: sampling waits for learning. */
  void admissionClosed();

  /** The gate let the draw in that it had held back, or stopped. */
  void admissionOpened();

  /** The scorer failed on this many sequences of a draw; later sequences make up for them. */
  void sequencesDropped(long draw, int count);

  /** The rest of a draw that would be staler than allowed in the next batch; it is not used. */
  void sequencesLeftOver(long draw, int count);

  /**
   * A sequence went to the learner as part of a training batch.
   *
   * @param stalenessSteps batches learned between the admission of its draw and now
   * @param ageNanos time between the admission of its draw and now
   */
  void sequenceTaken(long stalenessSteps, long ageNanos);
}
