package io.tributary.protocol;

import io.tributary.metrics.WorkTime;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What a worker (a sampler or a scorer) tells its pool.
 *
 * @param <R> the result of one piece of work
 */
public sealed interface WorkerEvent<R> {

  /** Number of the draw that the worker is busy with. */
  long draw();

  /** The worker that speaks. */
  ActorRef<?> worker();

  /**
   * The worker is alive and has come further; sent after every token of the sequences that it
   * draws, and every group that it scores.
   */
  record Progressed<R>(long draw, ActorRef<?> worker) implements WorkerEvent<R> {}

  /**
   * The worker is done and idle again.
   *
   * @param time how it spent the time since its previous result
   */
  record Finished<R>(long draw, ActorRef<?> worker, R result, WorkTime time)
      implements WorkerEvent<R> {}
}
