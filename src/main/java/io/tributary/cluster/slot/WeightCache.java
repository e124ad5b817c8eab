package io.tributary.cluster.slot;

import io.tributary.cluster.wire.ToSlot;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
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
 * Fetches weights for all slots of a node: once, one version at a time, first what draws wait for,
 * then the newest. What was fetched last stays in memory, shared by the slots.
 */
public final class WeightCache extends AbstractBehavior<Object> {

  /**
   * Weights that a slot wants.
   *
   * @param forDraw whether a draw waits for them; otherwise newer ones do instead
   */
  public record Fetch(ToSlot.Proposal proposal, boolean forDraw, ActorRef<WeightSnapshot> replyTo) {

    private boolean replaces(Fetch other) {
      return other.replyTo.equals(replyTo)
          && (other.proposal.is(version())
              || (!other.forDraw && !forDraw && other.proposal.version() <= proposal.version()));
    }

    private WeightVersion version() {
      return new WeightVersion(proposal.version(), proposal.fingerprint());
    }
  }

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
    waiting.removeIf(wanted::replaces);
    waiting.add(wanted);
    answer();
    return this;
  }

  private Behavior<Object> onEnded(Ended ended) {
    busy = false;
    if (ended.weights() == null) {
      getContext()
          .getLog()
          .warn(
              "proposal {} can't be fetched", ended.wanted().proposal().version(), ended.failure());
      waiting.removeIf(
          other -> other.proposal().is(ended.wanted().version())); // it is wanted again
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
            boolean has = wanted.proposal().is(known.version());
            if (has) {
              wanted.replyTo().tell(known);
            }
            return has;
          });
    }
    if (!busy && !waiting.isEmpty()) {
      busy = true;
      Fetch next =
          waiting.stream()
              .filter(Fetch::forDraw)
              .findFirst()
              .orElseGet(() -> waiting.get(waiting.size() - 1));
      getContext()
          .pipeToSelf(
              CompletableFuture.supplyAsync(() -> fetch.apply(next), executor),
              (weights, failure) -> new Ended(next, weights, failure));
    }
  }
}
