package io.tributary.cluster.slot;

import io.tributary.cluster.transfer.Manifest;
import io.tributary.data.WeightSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;

/**
 * Fetches weights for all slots of a node: once, one version at a time, the newest first. What was
 * fetched last stays in memory, shared by the slots.
 */
public final class WeightCache extends AbstractBehavior<Object> {

  /** Weights that a slot wants. */
  public record Fetch(
      long version, String fingerprint, Manifest file, ActorRef<WeightSnapshot> replyTo) {}

  private record Ended(
      Fetch wanted, @Nullable WeightSnapshot weights, @Nullable Throwable failure) {}

  private final Function<Fetch, WeightSnapshot> fetch;
  private final Executor executor;
  private final List<Fetch> waiting = new ArrayList<>();
  private @Nullable WeightSnapshot last;
  private boolean busy;

  /**
   * A cache.
   *
   * @param fetch fetches and reads weights; blocks
   * @param executor where it may block
   */
  public static Behavior<Fetch> create(Function<Fetch, WeightSnapshot> fetch, Executor executor) {
    return Behaviors.setup(
            (ActorContext<Object> context) -> new WeightCache(context, fetch, executor))
        .narrow();
  }

  private WeightCache(
      ActorContext<Object> context, Function<Fetch, WeightSnapshot> fetch, Executor executor) {
    super(context);
    context.setLoggerName(WeightCache.class);
    this.fetch = fetch;
    this.executor = executor;
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Fetch.class, this::onFetch)
        .onMessage(Ended.class, this::onEnded)
        .build();
  }

  private Behavior<Object> onFetch(Fetch wanted) {
    waiting.removeIf(
        other -> other.replyTo().equals(wanted.replyTo()) && other.version() <= wanted.version());
    waiting.add(wanted);
    answer();
    return this;
  }

  private Behavior<Object> onEnded(Ended ended) {
    busy = false;
    if (ended.weights() == null) {
      getContext()
          .getLog()
          .warn("proposal {} can't be fetched", ended.wanted().version(), ended.failure());
      waiting.removeIf(other -> isOf(ended.wanted(), other)); // it is offered again
    } else {
      last = ended.weights();
    }
    answer();
    return this;
  }

  private void answer() {
    WeightSnapshot known = last;
    if (known != null) {
      waiting.removeIf(
          wanted -> {
            boolean has =
                wanted.version() == known.version().number()
                    && wanted.fingerprint().equals(known.version().fingerprint());
            if (has) {
              wanted.replyTo().tell(known);
            }
            return has;
          });
    }
    if (!busy && !waiting.isEmpty()) {
      busy = true;
      Fetch next = waiting.get(waiting.size() - 1);
      getContext()
          .pipeToSelf(
              CompletableFuture.supplyAsync(() -> fetch.apply(next), executor),
              (weights, failure) -> new Ended(next, weights, failure));
    }
  }

  private static boolean isOf(Fetch one, Fetch other) {
    return one.version() == other.version() && one.fingerprint().equals(other.fingerprint());
  }
}
