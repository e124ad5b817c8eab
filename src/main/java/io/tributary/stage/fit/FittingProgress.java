package io.tributary.stage.fit;

/** Is told how far the drawing for a fit has got; called by one thread at a time. */
@FunctionalInterface
public interface FittingProgress {

  /**
   * A draw is done.
   *
   * @param sequences drawn so far
   * @param wanted sequences that the fit under way is made of; it may turn out to need more
   */
  void drawn(long sequences, long wanted);
}
