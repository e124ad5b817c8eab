package io.tributary.cluster.membership;

import io.tributary.cluster.membership.NodeEvent.NodeGone;
import io.tributary.cluster.membership.NodeEvent.NodeReachable;
import io.tributary.cluster.membership.NodeEvent.NodeUnreachable;
import io.tributary.cluster.membership.NodeEvent.NodeUp;
import io.tributary.cluster.membership.NodeEvent.Reason;
import java.util.HashMap;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.ClusterEvent.MemberDowned;
import org.apache.pekko.cluster.ClusterEvent.MemberEvent;
import org.apache.pekko.cluster.ClusterEvent.MemberExited;
import org.apache.pekko.cluster.ClusterEvent.MemberLeft;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.ClusterEvent.MemberUp;
import org.apache.pekko.cluster.ClusterEvent.MemberWeaklyUp;
import org.apache.pekko.cluster.ClusterEvent.ReachabilityEvent;
import org.apache.pekko.cluster.ClusterEvent.UnreachableMember;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.cluster.typed.Subscribe;

/**
 * On the trainer: forms the cluster, and tells in plain messages which workers' nodes there are.
 * For each node there is one {@link NodeUp}, then any number of {@link NodeUnreachable} and {@link
 * NodeReachable} in turn, and one {@link NodeGone}.
 */
public final class NodeWatch extends AbstractBehavior<NodeWatch.Command> {
  /** Its messages, all of which it sends itself. */
  public sealed interface Command {}

  private record Membership(MemberEvent event) implements Command {}

  private record Reachability(ReachabilityEvent event) implements Command {}

  /**
   * The actor; it is started once in a trainer's actor system, see {@link ClusterSystem#ofTrainer}.
   *
   * @param listener is told everything from the beginning on
   */
  public static Behavior<Command> create(ActorRef<? super NodeEvent> listener) {
    return Behaviors.setup(context -> new NodeWatch(context, listener));
  }

  private final ActorRef<? super NodeEvent> listener;
  private final Map<UniqueAddress, Boolean> reachable = new HashMap<>();

  private NodeWatch(ActorContext<Command> context, ActorRef<? super NodeEvent> listener) {
    super(context);
    this.listener = listener;
    Cluster cluster = Cluster.get(context.getSystem());
    cluster
        .subscriptions()
        .tell(
            Subscribe.create(
                context.messageAdapter(MemberEvent.class, Membership::new), MemberEvent.class));
    cluster
        .subscriptions()
        .tell(
            Subscribe.create(
                context.messageAdapter(ReachabilityEvent.class, Reachability::new),
                ReachabilityEvent.class));
    cluster.manager().tell(Join.create(cluster.selfMember().address()));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Membership.class, this::onMembership)
        .onMessage(Reachability.class, this::onReachability)
        .build();
  }

  private Behavior<Command> onMembership(Membership changed) {
    Member member = changed.event().member();
    if (!member.hasRole(ClusterSystem.WORKER)) {
      return this;
    }
    if (changed.event() instanceof MemberUp || changed.event() instanceof MemberWeaklyUp) {
      if (reachable.putIfAbsent(member.uniqueAddress(), true) == null) {
        listener.tell(new NodeUp(member.uniqueAddress()));
      }
    } else if (changed.event() instanceof MemberDowned) {
      gone(member, Reason.REPLACED);
    } else if (changed.event() instanceof MemberLeft
        || changed.event() instanceof MemberExited
        || changed.event() instanceof MemberRemoved) {
      gone(member, Reason.LEFT);
    }
    return this;
  }

  private Behavior<Command> onReachability(Reachability changed) {
    UniqueAddress node = changed.event().member().uniqueAddress();
    boolean heard = !(changed.event() instanceof UnreachableMember);
    Boolean before = reachable.replace(node, heard);
    if (before != null && before != heard) {
      listener.tell(heard ? new NodeReachable(node) : new NodeUnreachable(node));
    }
    return this;
  }

  private void gone(Member member, Reason ifReachable) {
    UniqueAddress node = member.uniqueAddress();
    Boolean heard = reachable.remove(node);
    if (heard != null) {
      listener.tell(new NodeGone(node, heard ? ifReachable : Reason.UNREACHABLE));
    }
  }
}
