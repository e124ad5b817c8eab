package io.tributary.pipeline;

import java.util.concurrent.CompletableFuture;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.FlowWithContext;

/** The stage of a stream that has a pool do its work. */
public final class PoolFlow {

  private PoolFlow() {}

  /**
   * Work in, results out, in the order of the work however the workers finish. Fails when a result
   * does, and when the pool stops.
   *
   * @param parallelism pieces of work that the pool may have at a time
   * @param <W> work
   * @param <R> result
   * @param <X> context that accompanies a piece of work
   */
  public static <W, R, X> FlowWithContext<W, X, R, X, NotUsed> through(
      ActorRef<WorkerPool.Command<W, R>> pool, int parallelism) {
    return FlowWithContext.fromPairs(Flow.<Pair<W, X>>create().watch(Adapter.toClassic(pool)))
        .mapAsync(
            parallelism,
            work -> {
              CompletableFuture<R> result = new CompletableFuture<>();
              pool.tell(new WorkerPool.Submit<>(work, result));
              return result;
            });
  }
}
