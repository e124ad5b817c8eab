package io.tributary.cluster.remote;

import io.tributary.cluster.remote.RemoteWorker.Availability;
import io.tributary.cluster.remote.RemoteWorker.FromNode;
import io.tributary.cluster.wire.SlotKind;
import io.tributary.cluster.wire.ToNode;
import io.tributary.cluster.wire.ToTrainer.OfferedSlot;
import io.tributary.data.NodeState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * The trainer's end of one admitted node: parent of its remote workers. It measures the time that
 * an answer takes, and outlives its node for a moment, in which its workers give back what they
 * had.
 */
final class NodeLink extends AbstractBehavior<NodeLink.Command> {
  private static final Duration PING = Duration.ofSeconds(5);
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  /** What a link is told. */
  sealed interface Command {}

  /** Whether the node may be given work. */
  record Change(Availability availability) implements Command {}

  /** The node has answered a ping. */
  record Answered(long sentNanos) implements Command {}

  /** One of its workers has been given up: only a new process can help a call that hangs. */
  enum Hangs implements Command {
    INSTANCE
  }

  /** The node will not come back. */
  enum Gone implements Command {
    INSTANCE
  }

  private enum PingDue implements Command {
    INSTANCE
  }

  private enum End implements Command {
    INSTANCE
  }

  private final TimerScheduler<Command> timers;
  private final ActorRef<ToNode> node;
  private final NodeRecord record;
  private final List<ActorRef<FromNode>> workers = new ArrayList<>();

  /** The most that may still become of the node: one that leaves or hangs doesn't come back. */
  private Availability most = Availability.AVAILABLE;

  static Behavior<Command> create(
      ActorRef<ToNode> node,
      List<OfferedSlot> slots,
      Leases leases,
      ActorRef<RemoteWorker.Publish> files,
      NodeRecord record) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new NodeLink(context, timers, node, slots, leases, files, record)));
  }

  private NodeLink(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      ActorRef<ToNode> node,
      List<OfferedSlot> slots,
      Leases leases,
      ActorRef<RemoteWorker.Publish> files,
      NodeRecord record) {
    super(context);
    this.timers = timers;
    this.node = node;
    this.record = record;
    for (OfferedSlot slot : slots) {
      String name = slot.kind() + "-" + workers.size();
      workers.add(
          slot.kind() == SlotKind.SAMPLER
              ? context
                  .spawn(
                      RemoteWorker.sampler(leases, slot.slot(), files, context.getSelf(), record),
                      name)
                  .unsafeUpcast()
              : context
                  .spawn(
                      RemoteWorker.scorer(leases, slot.slot(), files, context.getSelf(), record),
                      name)
                  .unsafeUpcast());
    }
    timers.startTimerWithFixedDelay(PingDue.INSTANCE, PING);
    record.state(NodeState.AVAILABLE);
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Change.class, this::onChange)
        .onMessage(Answered.class, this::onAnswered)
        .onMessage(Hangs.class, hangs -> onHangs())
        .onMessage(Gone.class, gone -> onGone())
        .onMessage(PingDue.class, due -> onPingDue())
        .onMessage(End.class, end -> Behaviors.stopped())
        .build();
  }

  private Behavior<Command> onChange(Change change) {
    Availability now = change.availability();
    if (now == Availability.LEAVING) {
      most = worse(most, now);
    }
    return tell(worse(most, now));
  }

  private static Availability worse(Availability one, Availability other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private Behavior<Command> tell(Availability availability) {
    record.state(
        switch (availability) {
          case AVAILABLE -> NodeState.AVAILABLE;
          case LEAVING -> NodeState.LEAVING;
          case UNREACHABLE -> NodeState.UNREACHABLE;
        });
    workers.forEach(worker -> worker.tell(availability));
    return this;
  }

  private Behavior<Command> onPingDue() {
    node.tell(new ToNode.Ping(System.nanoTime()));
    return this;
  }

  private Behavior<Command> onAnswered(Answered answer) {
    record.answered(answer.sentNanos());
    return this;
  }

  private Behavior<Command> onHangs() {
    node.tell(new ToNode.Dismissed("one of its samplers or scorers hangs or returned garbage"));
    most = Availability.UNREACHABLE;
    return tell(Availability.UNREACHABLE);
  }

  private Behavior<Command> onGone() {
    timers.cancel(PingDue.INSTANCE);
    timers.startSingleTimer(End.INSTANCE, LAST_WORDS);
    return tell(Availability.UNREACHABLE);
  }
}
