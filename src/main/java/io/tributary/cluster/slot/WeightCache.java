package io.tributary.cluster.slot;

import io.tributary.cluster.wire.ToSlot;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
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
 *
 * <p>A slot gets a {@link WeightSnapshot} or {@link Unavailable}, and meanwhile {@link Arriving}.
 */
public final class WeightCache extends AbstractBehavior<Object> {

  /**
   * Weights that a slot wants.
   *
   * @param forDraw whether a draw waits for them; otherwise newer ones do instead
   */
  public record Fetch(ToSlot.Proposal proposal, boolean forDraw, ActorRef<Object> replyTo) {

    private boolean replaces(Fetch other) {
      return other.replyTo.equals(replyTo)
          && (other.proposal.is(version())
              || (!other.forDraw && !forDraw && other.proposal.version() <= proposal.version()));
    }

    private WeightVersion version() {
      return new WeightVersion(proposal.version(), proposal.fingerprint());
    }
  }

  /** Bytes of weights have arrived; told at most once a second. */
  enum Arriving {
    INSTANCE
  }

  /** The weights could not be fetched; they may be asked for again. */
  record Unavailable(ToSlot.Proposal proposal, String reason) {}

  /** Fetches and reads weights. */
  @FunctionalInterface
  public interface Source {
    /**
     * The weights; blocks.
     *
     * @param arriving to be run when bytes arrive, from any thread
     */
    WeightSnapshot fetch(ToSlot.Proposal wanted, Runnable arriving);
  }

  private record Ended(
      Fetch wanted, @Nullable WeightSnapshot weights, @Nullable Throwable failure) {}

  private static final long WORD_NANOS = 1_000_000_000;

  private final Source source;
  private final Executor executor;
  private final List<Fetch> waiting = new ArrayList<>();
  private @Nullable WeightSnapshot last;
  private boolean busy;

  /**
   * A cache.
   *
   * @param executor where it may block
   */
  public static Behavior<Fetch> create(Source source, Executor executor) {
    return Behaviors.setup(
            (ActorContext<Object> context) -> new WeightCache(context, source, executor))
        .narrow();
  }

  private WeightCache(ActorContext<Object> context, Source source, Executor executor) {
    super(context);
    context.setLoggerName(WeightCache.class);
    this.source = source;
    this.executor = executor;
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Fetch.class, this::onFetch)
        .onMessage(Ended.class, this::onEnded)
        .onMessage(Arriving.class, arriving -> onArriving())
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
      Unavailable answer =
          new Unavailable(ended.wanted().proposal(), String.valueOf(ended.failure()));
      waiting.removeIf(
          other -> {
            boolean same = other.proposal().is(ended.wanted().version());
            if (same) {
              other.replyTo().tell(answer);
            }
            return same;
          });
    } else {
      last = ended.weights();
    }
    answer();
    return this;
  }

  private Behavior<Object> onArriving() {
    waiting.forEach(wanted -> wanted.replyTo().tell(Arriving.INSTANCE));
    return this;
  }

  /** Tells this actor now and then. */
  private Runnable arriving() {
    ActorRef<Object> self = getContext().getSelf();
    AtomicLong told = new AtomicLong(System.nanoTime());
    return () -> {
      long last = told.get();
      long now = System.nanoTime();
      if (now - last > WORD_NANOS && told.compareAndSet(last, now)) {
        self.tell(Arriving.INSTANCE);
      }
    };
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
      Runnable arriving = arriving();
      getContext()
          .pipeToSelf(
              CompletableFuture.supplyAsync(
                  () -> source.fetch(next.proposal(), arriving), executor),
              (weights, failure) -> new Ended(next, weights, failure));
    }
  }
}
