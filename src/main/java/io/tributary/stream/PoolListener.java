package io.tributary.stream;

import io.tributary.metrics.WorkTime;

/**
 * Observes a pool, for metrics and status. Called on the pool's thread: it must return quickly and
 * must not throw.
 *
 * @param <W> work
 * @param <R> result
 */
public interface PoolListener<W, R> {

  /**
   * The load changed.
   *
   * @param waiting draws that no worker has yet
   * @param inFlight draws that a worker has
   * @param workers workers known, busy or idle
   */
  void loadChanged(int waiting, int inFlight, int workers);

  /** A worker's result was accepted; it is delivered once this returns. */
  void resultAccepted(W work, R result);

  /** A worker has sent a result, accepted or not, and how it spent its time. */
  void worked(WorkTime time);

  /** A draw is handed out again, since its worker is lost. */
  void drawReissued(long draw);
}
