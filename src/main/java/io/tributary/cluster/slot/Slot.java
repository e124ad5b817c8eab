package io.tributary.cluster.slot;

import io.tributary.cluster.wire.FromSlot;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.cluster.wire.ToSlot.Accepted;
import io.tributary.cluster.wire.ToSlot.Lease;
import io.tributary.config.ClusterConfig;
import io.tributary.data.WeightSnapshot;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.SamplerCommand.TakeOver;
import io.tributary.protocol.SamplerCommand.TakenOver;
import io.tributary.protocol.WorkerEvent;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * The place of one sampler or scorer on a worker: does the work that the trainer leases, once,
 * however often the lease arrives, and reports the result until it is accepted. A sampler or scorer
 * that fails is replaced; if it fails {@value #MAX_FAILURES} times in a row, so does the slot.
 *
 * @param <C> messages of the sampler or scorer
 */
public final class Slot<C> extends AbstractBehavior<Object> {
  /** A result that is not accepted is sent again after this time. */
  static final Duration RESEND = Duration.ofSeconds(3);

  /** Progress is told at most this often. */
  private static final Duration WORD = Duration.ofSeconds(1);

  /**
   * No further lease is expected: stop when the present one has ended and its result is accepted.
   */
  public enum Retire {
    INSTANCE
  }

  /** A sampler or scorer that fails so often in a row is not replaced. */
  private static final int MAX_FAILURES = 3;

  /** In bytes; the rest is for what a message has besides. */
  private static final int MOST_OF_SCORES = ClusterConfig.LARGEST_MESSAGE - (64 << 10);

  private enum ResendDue {
    INSTANCE
  }

  private final TimerScheduler<Object> timers;
  private final SlotWork<C> work;
  private final Supplier<Behavior<C>> behavior;
  private final DispatcherSelector dispatcher;
  private final ActorRef<WorkerEvent<Object>> events;
  private ActorRef<C> worker;
  private final SlotWeights weights;
  private @Nullable Lease current;
  private boolean awaitsWeights; // for the present lease, which is not begun before
  private @Nullable Lease next;
  private FromSlot.@Nullable Result result;
  private @Nullable ActorRef<FromSlot> resultTo;
  private long toldNanos;
  private boolean retires;
  private boolean released;
  private int failures; // in a row

  /**
   * A slot.
   *
   * @param behavior of its sampler or scorer, which must not register with the receptionist
   * @param cache fetches weights; null for a scorer's slot
   * @param dispatcher gives the sampler or scorer a thread of its own
   */
  public static <C> Behavior<ToSlot> create(
      SlotWork<C> work,
      Supplier<Behavior<C>> behavior,
      @Nullable ActorRef<WeightCache.Fetch> cache,
      DispatcherSelector dispatcher) {
    return Behaviors.setup(
            (ActorContext<Object> context) ->
                Behaviors.withTimers(
                    timers -> new Slot<>(context, timers, work, behavior, cache, dispatcher)))
        .narrow();
  }

  private Slot(
      ActorContext<Object> context,
      TimerScheduler<Object> timers,
      SlotWork<C> work,
      Supplier<Behavior<C>> behavior,
      @Nullable ActorRef<WeightCache.Fetch> cache,
      DispatcherSelector dispatcher) {
    super(context);
    context.setLoggerName(Slot.class);
    this.timers = timers;
    this.work = work;
    this.behavior = behavior;
    this.weights = new SlotWeights(cache, context.getSelf());
    this.dispatcher = dispatcher;
    this.events = context.getSelf().narrow();
    this.worker = spawn(context);
  }

  private ActorRef<C> spawn(ActorContext<Object> context) {
    ActorRef<C> spawned = context.spawnAnonymous(behavior.get(), dispatcher);
    context.watch(spawned);
    return spawned;
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Lease.class, lease -> then(() -> receive(lease)))
        .onMessage(Accepted.class, accepted -> then(() -> accepted(accepted)))
        .onMessage(ToSlot.Offer.class, offered -> then(() -> offered(offered)))
        .onMessage(WeightSnapshot.class, fetched -> then(() -> fetched(fetched)))
        .onMessage(WeightCache.Arriving.class, it -> then(this::arriving))
        .onMessage(WeightCache.Unavailable.class, it -> then(() -> unavailable(it)))
        .onMessage(TakenOver.class, taken -> then(() -> taken(taken)))
        .onMessage(WorkerEvent.Begun.class, event -> this) // with what the trainer has said
        .onMessage(WorkerEvent.Progressed.class, event -> then(this::progressed))
        .onMessage(WorkerEvent.Finished.class, event -> then(() -> finished(event)))
        .onMessage(ResendDue.class, due -> then(this::sendResult))
        .onMessage(Retire.class, retire -> then(() -> retires = true))
        .onMessage(ToSlot.Release.class, release -> then(() -> release(release)))
        .onSignal(Terminated.class, this::onTerminated)
        .build();
  }

  private Behavior<Object> then(Runnable action) {
    action.run();
    return retires && current == null && result == null ? Behaviors.stopped() : this;
  }

  private void release(ToSlot.Release told) {
    getContext().getLog().info("ends: {}", told.reason());
    retires = true;
    released = true;
    forgetResult();
  }

  private void receive(Lease lease) {
    if (result != null && result.id().equals(lease.id())) {
      sendResult();
      return;
    }
    lease.replyTo().tell(new FromSlot.Received(lease.id()));
    if (current == null || awaitsWeights) {
      forgetResult(); // who leases the next has had the one before
      begin(lease);
    } else if (!current.id().equals(lease.id())) {
      next = lease; // what this slot is at is not wanted any more, but can't be cut short
    }
  }

  private void begin(Lease lease) {
    current = lease;
    next = null;
    awaitsWeights = false;
    if (lease instanceof ToSlot.DrawLease draw) {
      WeightSnapshot proposal = weights.forDraw(draw.proposal());
      if (proposal == null) {
        awaitsWeights = true;
      } else {
        worker.tell(work.command(draw.with(proposal), events));
      }
    } else {
      worker.tell(work.command(lease, events));
    }
  }

  private void offered(ToSlot.Offer offered) {
    WeightSnapshot newest = weights.newest();
    if (weights.offered(offered) && newest != null) {
      takeOver(newest);
    }
  }

  private void arriving() {
    if (awaitsWeights) {
      progressed();
    }
  }

  private void unavailable(WeightCache.Unavailable told) {
    if (awaitsWeights
        && current instanceof ToSlot.DrawLease draw
        && draw.proposal().equals(told.proposal())) {
      awaitsWeights = false;
      end(
          draw,
          new FromSlot.Failed(
              draw.id(), "can't fetch its proposal: " + told.reason(), WorkTime.NONE, false));
    }
  }

  private void fetched(WeightSnapshot fetched) {
    if (weights.fetched(fetched)) {
      takeOver(fetched);
    }
    if (awaitsWeights
        && current instanceof ToSlot.DrawLease draw
        && draw.proposal().is(fetched.version())) {
      awaitsWeights = false;
      worker.tell(work.command(draw.with(fetched), events));
    }
  }

  private void progressed() {
    Lease wanted = next == null ? current : next;
    long now = System.nanoTime();
    if (wanted != null && now - toldNanos > WORD.toNanos()) {
      toldNanos = now;
      wanted.replyTo().tell(new FromSlot.Progress(wanted.id()));
    }
  }

  private void finished(WorkerEvent.Finished<?> event) {
    Lease done = current;
    failures = 0;
    if (done != null) {
      end(done, sendable(work.report(done.id(), event.result(), event.time())));
    }
  }

  /** A result that is too large would be sent again and again, and never arrive. */
  private static FromSlot.Result sendable(FromSlot.Result report) {
    return report instanceof FromSlot.Scored scored && scored.bytes() > MOST_OF_SCORES
        ? new FromSlot.Failed(
            scored.id(),
            "its scores take %,d bytes, a message may have %,d: lower samplers.batch-size"
                .formatted(scored.bytes(), MOST_OF_SCORES),
            scored.time(),
            true)
        : report;
  }

  private void end(Lease done, FromSlot.Result report) {
    current = null;
    work.listener().ended(work.kind(), report);
    if (next != null) {
      begin(next);
    } else if (!released) {
      result = report;
      resultTo = done.replyTo();
      sendResult();
    }
  }

  private void sendResult() {
    if (result != null && resultTo != null) {
      resultTo.tell(result);
      timers.startSingleTimer(ResendDue.INSTANCE, RESEND);
    }
  }

  private void accepted(Accepted accepted) {
    if (result != null && result.id().equals(accepted.id())) {
      forgetResult();
    }
  }

  private void forgetResult() {
    result = null;
    resultTo = null;
    timers.cancel(ResendDue.INSTANCE);
  }

  private void taken(TakenOver taken) {
    work.listener().holds(taken.version());
    weights.taken(taken);
  }

  @SuppressWarnings("unchecked")
  private void takeOver(WeightSnapshot proposal) { // only samplers are offered any
    ((ActorRef<Object>) worker).tell(new TakeOver(proposal, getContext().getSelf().narrow()));
  }

  private Behavior<Object> onTerminated(Terminated gone) {
    return then(() -> replace(gone));
  }

  private void replace(Terminated gone) {
    Throwable cause = gone instanceof ChildFailed failed ? failed.getCause() : null;
    if (++failures >= MAX_FAILURES) {
      throw new IllegalStateException("%s %,d times in a row".formatted(cause, failures), cause);
    }
    getContext().getLog().warn("a worker has stopped and is replaced", cause);
    worker = spawn(getContext());
    weights.lost();
    WeightSnapshot newest = weights.newest();
    if (newest != null) {
      takeOver(newest);
    }
    Lease failed = current;
    if (failed != null && !awaitsWeights) {
      end(failed, new FromSlot.Failed(failed.id(), String.valueOf(cause), WorkTime.NONE, true));
    }
  }
}
