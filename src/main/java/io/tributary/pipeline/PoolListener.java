package io.tributary.pipeline;

/**
 * Hears how a pool fares, for metrics and status. Called on the pool's thread: it must be quick and
 * must not throw.
 */
public interface PoolListener {

  /**
   * The load changed.
   *
   * @param waiting draws that no worker has yet
   * @param inFlight draws that a worker has
   * @param workers workers known, busy or idle
   */
  void loadChanged(int waiting, int inFlight, int workers);

  /** The worker that had the draw is gone, and the draw is handed out again. */
  void drawReissued(long draw);
}
