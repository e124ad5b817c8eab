package io.tributary.stage.fit;

/** Hears how far the drawing for a fit is; called by several threads. */
@FunctionalInterface
public interface FittingProgress {

  /**
   * A draw is done.
   *
   * @param sequences drawn so far
   * @param wanted sequences that the fit under way is to be made of; it may turn out to need more
   */
  void drawn(long sequences, long wanted);

  /** What the draw holds that is done, whether the fit needs all of it or not. */
  default void counted(int sequences, long tokens) {}
}
