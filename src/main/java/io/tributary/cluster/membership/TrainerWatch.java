package io.tributary.cluster.membership;

import io.tributary.cluster.membership.TrainerEvent.TrainerLost;
import io.tributary.cluster.membership.TrainerEvent.TrainerUp;
import io.tributary.config.ClusterConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.ActorIdentity;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSelection;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.Identify;
import org.apache.pekko.actor.RootActorPath;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.eventstream.EventStream;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.ClusterEvent.MemberDowned;
import org.apache.pekko.cluster.ClusterEvent.MemberEvent;
import org.apache.pekko.cluster.ClusterEvent.MemberExited;
import org.apache.pekko.cluster.ClusterEvent.MemberLeft;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.ClusterEvent.MemberUp;
import org.apache.pekko.cluster.ClusterEvent.MemberWeaklyUp;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.cluster.typed.Subscribe;
import org.apache.pekko.remote.artery.ThisActorSystemQuarantinedEvent;
import org.jspecify.annotations.Nullable;

/**
 * On a worker: joins the trainer's cluster, waiting for as long as there is none, and tells in
 * plain messages whether the trainer is there. After {@link TrainerLost} it says no more.
 *
 * <p>It asks an actor of the trainer's cluster for its identity, as often as heartbeats are sent.
 * The question travels with heartbeats, ahead of other messages, and no code of ours has to run to
 * answer it; the answer tells one incarnation of the trainer from the next.
 */
public final class TrainerWatch extends AbstractBehavior<TrainerWatch.Command> {
  /** Its messages, which it sends itself but for {@link Patience}. */
  public sealed interface Command {}

  /**
   * The trainer's own times, which this node is to have too.
   *
   * @param pause silence after which the trainer counts as unreachable
   * @param stableAfter time after which the trainer would remove an unreachable node
   */
  public record Patience(Duration pause, Duration stableAfter) implements Command {}

  private record Membership(MemberEvent event) implements Command {}

  private record Answered(ActorIdentity identity) implements Command {}

  private record Quarantined(ThisActorSystemQuarantinedEvent event) implements Command {}

  private enum Tick implements Command {
    INSTANCE
  }

  /**
   * The actor; it is started once in a worker's actor system, see {@link ClusterSystem#ofWorker}.
   *
   * @param trainerHost name that the trainer advertises
   * @param trainerPort port of its cluster
   * @param listener is told everything from the beginning on
   */
  public static Behavior<Command> create(
      ClusterConfig.Node node,
      String trainerHost,
      int trainerPort,
      org.apache.pekko.actor.typed.ActorRef<? super TrainerEvent> listener) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  Duration interval = ClusterSystem.heartbeatInterval(node);
                  timers.startTimerWithFixedDelay(Tick.INSTANCE, interval);
                  return new TrainerWatch(
                      context,
                      node,
                      ClusterSystem.address(trainerHost, trainerPort),
                      interval,
                      listener);
                }));
  }

  private final ClusterConfig.Node node;
  private final Address trainer;
  private final org.apache.pekko.actor.typed.ActorRef<? super TrainerEvent> listener;
  private final Cluster cluster;
  private final AwakeClock clock;
  private final ActorSelection answering;
  private final ActorRef asking;
  private @Nullable TrainerSilence silence; // none before this node has joined
  private boolean up;

  private TrainerWatch(
      ActorContext<Command> context,
      ClusterConfig.Node node,
      Address trainer,
      Duration interval,
      org.apache.pekko.actor.typed.ActorRef<? super TrainerEvent> listener) {
    super(context);
    this.node = node;
    this.trainer = trainer;
    this.listener = listener;
    this.cluster = Cluster.get(context.getSystem());
    this.clock = new AwakeClock(interval, System::nanoTime);
    this.answering =
        Adapter.toClassic(context.getSystem())
            .actorSelection(new RootActorPath(trainer, "/") + "system/cluster/heartbeatReceiver");
    this.asking = Adapter.toClassic(context.messageAdapter(ActorIdentity.class, Answered::new));
    context
        .getSystem()
        .eventStream()
        .tell(
            new EventStream.Subscribe<>(
                ThisActorSystemQuarantinedEvent.class,
                context.messageAdapter(ThisActorSystemQuarantinedEvent.class, Quarantined::new)));
    cluster
        .subscriptions()
        .tell(
            Subscribe.create(
                context.messageAdapter(MemberEvent.class, Membership::new), MemberEvent.class));
    cluster.manager().tell(new JoinSeedNodes(List.of(trainer)));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Membership.class, this::onMembership)
        .onMessage(Patience.class, this::onPatience)
        .onMessage(Answered.class, this::onAnswered)
        .onMessage(Quarantined.class, this::onQuarantined)
        .onMessage(Tick.class, this::onTick)
        .build();
  }

  private Behavior<Command> onMembership(Membership changed) {
    Member member = changed.event().member();
    if (member.uniqueAddress().equals(cluster.selfMember().uniqueAddress())) {
      return onSelf(changed.event());
    }
    if (member.hasRole(ClusterSystem.TRAINER)
        && (changed.event() instanceof MemberExited
            || changed.event() instanceof MemberDowned
            || changed.event() instanceof MemberRemoved)) {
      return lost("the trainer has ended");
    }
    return this;
  }

  private Behavior<Command> onSelf(MemberEvent event) {
    if (event instanceof MemberLeft || event instanceof MemberExited) {
      return Behaviors.ignore(); // by its own will
    } else if (event instanceof MemberDowned || event instanceof MemberRemoved) {
      return lost("the trainer has removed this node");
    }
    if (silence == null) { // the trainer may end before it has this node up
      silence =
          new TrainerSilence(
              trainer, node.acceptableHeartbeatPause(), node.stableAfter(), clock.read());
    }
    if (event instanceof MemberUp || event instanceof MemberWeaklyUp) {
      up();
    }
    return this;
  }

  private void up() {
    if (!up) {
      up = true;
      listener.tell(new TrainerUp(trainer));
    }
  }

  private Behavior<Command> onPatience(Patience told) {
    if (silence != null) {
      silence.patience(told.pause(), told.stableAfter());
    }
    return this;
  }

  private Behavior<Command> onAnswered(Answered answered) {
    Optional<ActorRef> from = answered.identity().getActorRef();
    if (silence == null || from.isEmpty()) {
      return this; // the trainer's cluster has not begun, or has ended
    }
    return tell(silence.answered(from.get().path().uid(), clock.read()));
  }

  private Behavior<Command> onQuarantined(Quarantined quarantined) {
    return quarantined.event().remoteAddress().address().equals(trainer)
        ? lost("the trainer has removed this node, and talks to it no more")
        : this;
  }

  private Behavior<Command> onTick(Tick tick) {
    Duration now = clock.read();
    if (silence == null) {
      return this;
    }
    answering.tell(new Identify(Tick.INSTANCE.name()), asking);
    return tell(silence.check(now));
  }

  private Behavior<Command> tell(Optional<TrainerEvent> event) {
    if (event.isPresent() && event.get() instanceof TrainerLost end) {
      return lost(end.reason());
    }
    event.ifPresent(listener::tell);
    return this;
  }

  /** Leaves at once, so that the end of the actor system waits for no one's consent. */
  private Behavior<Command> lost(String reason) {
    cluster.manager().tell(new Down(cluster.selfMember().address()));
    listener.tell(new TrainerLost(reason));
    return Behaviors.ignore();
  }
}
