package io.tributary.cluster.remote;

import io.tributary.cluster.remote.RemoteWorker.Availability;
import io.tributary.cluster.wire.ToNode;
import io.tributary.cluster.wire.ToTrainer.OfferedSlot;
import io.tributary.data.Draw;
import io.tributary.data.NodeState;
import io.tributary.data.WeightSnapshot;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * The trainer's end of one admitted node: parent of its remote workers. It measures the time that
 * an answer takes, repeats what the node has been told and not done, and outlives its node for a
 * moment, in which its workers give back what they had.
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

  /** These are the node's slots now. */
  record Offered(List<OfferedSlot> slots) implements Command {}

  /** The node shall have so many samplers and scorers. */
  record Resize(NodeRequest.Counts counts) implements Command {}

  /** The node shall finish what it is at, and leave. */
  record Drain(String reason) implements Command {}

  /** The node shall end at once: what it is at is given to others. A new process may help. */
  record Dismiss(String reason) implements Command {}

  /** A sampler of the node has made this draw, which was to be made with this proposal. */
  record Drawn(Draw draw, WeightSnapshot proposal) implements Command {}

  /** A worker has come to its end, which was to be. */
  record Retired(ActorRef<?> worker) implements Command {}

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
  private final NodeWorkers workers;
  private final NodeRecord record;
  private final DrawAudit audit;
  private @Nullable ToNode farewell;

  /** The most that may still become of the node: one that leaves or hangs doesn't come back. */
  private Availability most = Availability.AVAILABLE;

  static Behavior<Command> create(
      ActorRef<ToNode> node,
      Leases leases,
      ActorRef<RemoteWorker.Publish> files,
      NodeRecord record,
      DrawAudit audit) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new NodeLink(context, timers, node, leases, files, record, audit)));
  }

  private NodeLink(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      ActorRef<ToNode> node,
      Leases leases,
      ActorRef<RemoteWorker.Publish> files,
      NodeRecord record,
      DrawAudit audit) {
    super(context);
    this.timers = timers;
    this.node = node;
    this.record = record;
    this.audit = audit;
    this.workers = new NodeWorkers(context, node, leases, files, record);
    timers.startTimerWithFixedDelay(PingDue.INSTANCE, PING);
    record.state(NodeState.AVAILABLE);
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Change.class, this::onChange)
        .onMessage(Answered.class, this::onAnswered)
        .onMessage(Offered.class, offered -> then(() -> workers.offered(offered.slots())))
        .onMessage(Resize.class, resize -> then(() -> workers.resize(resize.counts())))
        .onMessage(
            Drawn.class,
            drawn ->
                then(
                    () ->
                        audit.check(
                            record, getContext().getSelf(), drawn.draw(), drawn.proposal())))
        .onMessage(Retired.class, retired -> then(() -> workers.retired(retired.worker())))
        .onMessage(
            Drain.class, drain -> sendAway(new ToNode.Drain(drain.reason()), Availability.LEAVING))
        .onMessage(Dismiss.class, this::onDismiss)
        .onMessage(Gone.class, gone -> onGone())
        .onMessage(PingDue.class, due -> onPingDue())
        .onMessage(End.class, end -> Behaviors.stopped())
        .build();
  }

  private Behavior<Command> then(Runnable action) {
    action.run();
    return this;
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
    workers.tell(availability);
    return this;
  }

  private Behavior<Command> onPingDue() {
    node.tell(new ToNode.Ping(System.nanoTime()));
    if (farewell != null) {
      node.tell(farewell); // it may have been lost
    } else {
      workers.remind();
    }
    return this;
  }

  private Behavior<Command> onAnswered(Answered answer) {
    record.answered(answer.sentNanos());
    return this;
  }

  private Behavior<Command> onDismiss(Dismiss dismiss) {
    record.dismissed(dismiss.reason());
    return sendAway(new ToNode.Dismissed(dismiss.reason()), Availability.UNREACHABLE);
  }

  private Behavior<Command> sendAway(ToNode words, Availability until) {
    farewell = words;
    node.tell(words);
    most = worse(most, until);
    return tell(most);
  }

  private Behavior<Command> onGone() {
    timers.cancel(PingDue.INSTANCE);
    timers.startSingleTimer(End.INSTANCE, LAST_WORDS);
    return tell(Availability.UNREACHABLE);
  }
}
