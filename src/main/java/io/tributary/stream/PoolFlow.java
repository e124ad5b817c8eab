package io.tributary.stream;

import java.util.concurrent.CompletableFuture;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.FlowWithContext;

/** A stage of a stream whose work is done by a pool of workers. */
public final class PoolFlow {

  /** The buffer of results grows as needed, instead of being allocated for the maximum. */
  private static final Attributes GROWING_BUFFER = ActorAttributes.maxFixedBufferSize(1);

  private PoolFlow() {}

  /**
   * Work in, results out, in the order of the work whichever worker finishes first. The pool may
   * hold any amount of work, since admission bounds what is in flight. Fails when a result does,
   * and when the pool stops.
   *
   * @param <W> work
   * @param <R> result
   * @param <X> context that accompanies a piece of work
   */
  public static <W, R, X> FlowWithContext<W, X, R, X, NotUsed> through(
      ActorRef<WorkerPool.Command<W, R>> pool) {
    return FlowWithContext.fromPairs(Flow.<Pair<W, X>>create().watch(Adapter.toClassic(pool)))
        .mapAsync(
            Integer.MAX_VALUE,
            work -> {
              CompletableFuture<R> result = new CompletableFuture<>();
              pool.tell(new WorkerPool.Submit<>(work, result));
              return result;
            })
        .withAttributes(GROWING_BUFFER);
  }
}
