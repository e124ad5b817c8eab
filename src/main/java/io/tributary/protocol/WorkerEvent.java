package io.tributary.protocol;

import io.tributary.data.WeightSnapshot;
import io.tributary.metrics.WorkTime;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * What a worker, a sampler or a scorer, reports to its pool.
 *
 * @param <R> the result of one piece of work
 */
public sealed interface WorkerEvent<R> {

  /** Number of the draw that the worker is at. */
  long draw();

  /** The worker that reports. */
  ActorRef<?> worker();

  /**
   * A sampler begins a draw, or will begin it, with this proposal: told before its first token, so
   * that it can't depend on what is drawn.
   */
  record Begun<R>(long draw, ActorRef<?> worker, WeightSnapshot proposal)
      implements WorkerEvent<R> {}

  /**
   * The worker is alive and makes progress: sent after every token that it draws and every group of
   * sequences that it scores.
   */
  record Progressed<R>(long draw, ActorRef<?> worker) implements WorkerEvent<R> {}

  /**
   * The worker is done and idle again.
   *
   * @param time how it spent the time since its previous result
   */
  record Finished<R>(long draw, ActorRef<?> worker, R result, WorkTime time)
      implements WorkerEvent<R> {}

  /**
   * The worker is idle again without a result: the work is to be handed out again.
   *
   * @param failedOn name of the node on which it was tried and failed, of whose workers only one
   *     counts; null if it was not tried
   */
  record GivenBack<R>(long draw, ActorRef<?> worker, String reason, @Nullable String failedOn)
      implements WorkerEvent<R> {}
}
