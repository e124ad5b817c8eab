package io.tributary.cluster.membership;

import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.setup.Setup;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.ClusterEvent.MemberDowned;
import org.apache.pekko.cluster.ClusterEvent.MemberEvent;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.ClusterEvent.ReachabilityEvent;
import org.apache.pekko.cluster.ClusterEvent.UnreachableMember;
import org.apache.pekko.cluster.DowningProvider;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.cluster.typed.Subscribe;
import scala.Option;
import scala.concurrent.duration.FiniteDuration;

/**
 * Removes nodes that stay unreachable. Only the trainer does; it is never removed itself. Pekko
 * makes one in each node, by its class name.
 */
public final class TrainerDowning extends DowningProvider {
  private final ActorSystem system;

  public TrainerDowning(ActorSystem system) {
    this.system = system;
  }

  /** What it is told when its actor system is made; without it, it removes no one. */
  static final class Removal extends Setup {
    private final Duration stableAfter;

    Removal(Duration stableAfter) {
      this.stableAfter = stableAfter;
    }
  }

  @Override
  public FiniteDuration downRemovalMargin() {
    return FiniteDuration.Zero();
  }

  @Override
  public Option<Props> downingActorProps() {
    Optional<Removal> removal = system.settings().setup().get(Removal.class);
    return removal.isEmpty()
        ? Option.empty()
        : Option.apply(Adapter.props(() -> Remover.create(removal.get().stableAfter)));
  }

  /** Watches the reachability of members and downs those that stay unreachable. */
  private static final class Remover extends AbstractBehavior<Remover.Command> {
    private static final int TICKS = 20;

    private sealed interface Command {}

    private record Reachability(ReachabilityEvent event) implements Command {}

    private record Membership(MemberEvent event) implements Command {}

    private enum Tick implements Command {
      INSTANCE
    }

    static Behavior<Command> create(Duration stableAfter) {
      return Behaviors.setup(
          context ->
              Behaviors.withTimers(
                  timers -> {
                    Duration interval = stableAfter.dividedBy(TICKS);
                    timers.startTimerWithFixedDelay(Tick.INSTANCE, interval);
                    return new Remover(context, stableAfter, interval);
                  }));
    }

    private final Cluster cluster;
    private final Duration stableAfter;
    private final AwakeClock clock;
    private final UnreachableNodes<UniqueAddress> unreachable;

    private Remover(ActorContext<Command> context, Duration stableAfter, Duration interval) {
      super(context);
      this.cluster = Cluster.get(context.getSystem());
      this.stableAfter = stableAfter;
      this.clock = new AwakeClock(interval, System::nanoTime);
      this.unreachable = new UnreachableNodes<>(stableAfter);
      cluster
          .subscriptions()
          .tell(
              Subscribe.create(
                  context.messageAdapter(ReachabilityEvent.class, Reachability::new),
                  ReachabilityEvent.class));
      cluster
          .subscriptions()
          .tell(
              Subscribe.create(
                  context.messageAdapter(MemberEvent.class, Membership::new), MemberEvent.class));
    }

    @Override
    public Receive<Command> createReceive() {
      return newReceiveBuilder()
          .onMessage(Reachability.class, this::onReachability)
          .onMessage(Membership.class, this::onMembership)
          .onMessage(Tick.class, this::onTick)
          .build();
    }

    private Behavior<Command> onReachability(Reachability changed) {
      UniqueAddress node = changed.event().member().uniqueAddress();
      if (changed.event() instanceof UnreachableMember) {
        unreachable.lost(node, clock.read());
      } else {
        unreachable.forget(node);
      }
      return this;
    }

    private Behavior<Command> onMembership(Membership changed) {
      if (changed.event() instanceof MemberRemoved || changed.event() instanceof MemberDowned) {
        unreachable.forget(changed.event().member().uniqueAddress());
      }
      return this;
    }

    private Behavior<Command> onTick(Tick tick) {
      for (UniqueAddress node : unreachable.due(clock.read())) {
        getContext()
            .getLog()
            .warn(
                "node {} has been unreachable for {} s and is removed",
                node.address(),
                stableAfter.toMillis() / 1e3);
        cluster.manager().tell(new Down(node.address()));
      }
      return this;
    }
  }
}
