package io.tributary.stream;

import io.tributary.stream.pool.WorkerPool;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.FlowWithContext;

/** The stage of a stream that has a pool do its work. */
public final class PoolFlow {

  /** The buffer of results grows with what is in it, instead of having room for the most. */
  private static final Attributes GROWING_BUFFER = ActorAttributes.maxFixedBufferSize(1);

  private PoolFlow() {}

  /**
   * Work in, results out, in the order of the work however the workers finish; the pool may have
   * any number of pieces at a time, since admission bounds what is under way. Fails when a result
   * does, and when the pool stops.
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
