package io.tributary.stream;

/**
 * Observes a stream, for metrics and status. Called on the stream's threads: it must be quick and
 * must not throw.
 */
public interface StreamListener {

  /** Draws are admitted up to this many sequences, counted from the start of the run. */
  void limitChanged(long sequences);

  /** The gate holds back a draw that could be made now: sampling waits for learning. */
  void admissionClosed();

  /** The gate has admitted the draw that it held back, or stopped. */
  void admissionOpened();

  /**
   * The bootstrap has another draw.
   *
   * @param sequences of all its draws so far
   * @param hits those of them with weight
   * @param wanted number of hits that is enough; 0 where it does not matter
   */
  void bootstrapDrawn(int sequences, int hits, int wanted);

  /** This many sequences of a draw were dropped; later sequences replace them. */
  void sequencesDropped(long draw, int count);

  /** The rest of a draw is discarded: it would be too stale in the next batch. */
  void sequencesLeftOver(long draw, int count);

  /**
   * A sequence went to the learner as part of a training batch.
   *
   * @param stalenessSteps batches learned between the admission of its draw and now
   * @param ageNanos time between the admission of its draw and now
   */
  void sequenceTaken(long stalenessSteps, long ageNanos);
}
