package io.tributary.cluster.membership;

import io.tributary.config.ClusterConfig;
import io.tributary.config.binding.ConfigException;
import io.tributary.config.binding.SystemSettings;
import io.tributary.config.tls.RenewedTls;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.remote.RemoteTransportException;
import org.apache.pekko.remote.artery.tcp.SSLEngineProvider;
import org.apache.pekko.remote.artery.tcp.SSLEngineProviderSetup;

/**
 * The actor system of a node: everything that makes it one but for the actors. {@link NodeWatch} or
 * {@link TrainerWatch} then joins the cluster.
 */
public final class ClusterSystem {
  static final String NAME = "tributary";
  static final String TRAINER = "trainer";
  static final String WORKER = "worker";

  private static final int HANDSHAKES = 256;
  private static final Duration HANDSHAKE = Duration.ofSeconds(10);
  private static final String SECTION = "tributary-cluster";
  private static final String ARTERY = "pekko.remote.artery.";
  private static final String DETECTOR = "pekko.cluster.failure-detector.";

  private final ClusterConfig.Node node;
  private final ActorSystemSetup setup;

  private ClusterSystem(ClusterConfig.Node node, ActorSystemSetup setup) {
    this.node = node;
    this.setup = setup;
  }

  /**
   * Messages that get a connection of their own on their way to another node.
   *
   * @param destinations paths of the actors that get them, such as {@code /user/pool/*}; the same
   *     on both sides
   * @param largest bytes of the largest; larger ones are dropped
   */
  public record LargeMessages(List<String> destinations, int largest) {
    public LargeMessages {
      destinations = List.copyOf(destinations);
    }
  }

  /**
   * A trainer's system.
   *
   * @param nodes most workers at a time
   * @throws ConfigException if other nodes could not accept this one with its certificate
   */
  public static ClusterSystem ofTrainer(ClusterConfig.Node node, LargeMessages large, int nodes) {
    Map<String, Object> values = values(node, TRAINER, large);
    values.putAll(AcceptPace.ofTrainer(nodes));
    return new ClusterSystem(
        node,
        setup(tls(node, large), values).withSetup(new TrainerDowning.Removal(node.stableAfter())));
  }

  /**
   * A worker's system.
   *
   * @throws ConfigException if other nodes could not accept this one with its certificate
   */
  public static ClusterSystem ofWorker(ClusterConfig.Node node, LargeMessages large) {
    return ofWorker(node, large, tls(node, large));
  }

  private static SSLEngineProvider tls(ClusterConfig.Node node, LargeMessages large) {
    return new ClusterTls(
        new RenewedTls(node.tls(), node.advertisedHost()),
        new InboundGuard(HANDSHAKES, HANDSHAKE, large.largest()));
  }

  static ClusterSystem ofWorker(
      ClusterConfig.Node node, LargeMessages large, SSLEngineProvider tls) {
    Map<String, Object> values = values(node, WORKER, large);
    values.put(DETECTOR + "implementation-class", Unsuspecting.class.getName());
    return new ClusterSystem(node, setup(tls, values));
  }

  /**
   * Starts the system; its port is bound when this returns.
   *
   * @throws ConfigException if the port can't be bound
   */
  public <T> ActorSystem<T> start(Behavior<T> guardian) {
    try {
      return ActorSystem.create(guardian, NAME, setup);
    } catch (RemoteTransportException e) {
      throw new ConfigException(
          "cluster.port: %d on %s can't be bound, another program may be using it; choose another one"
              .formatted(node.port(), node.host()),
          e);
    }
  }

  /**
   * Registers what is to be done when a signal ends the process, {@link #stop} at last. It must be
   * this rather than a shutdown hook: Artery has one that closes all connections at once, and waits
   * only for what is registered here.
   *
   * @return cancels it
   */
  public static Cancellable onSignal(ActorSystem<?> system, Runnable end) {
    CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
    shutdown.addTask(
        CoordinatedShutdown.PhaseBeforeServiceUnbind(), // whose time Artery's hook waits
        "time-for-the-end",
        () -> CompletableFuture.completedFuture(Done.getInstance()));
    return shutdown.addCancellableJvmShutdownHook(end);
  }

  /**
   * Registers what is to be done, once or twice, when the system begins to end, whether {@link
   * #stop} or a fatal error is the reason: after one it may never get to the end.
   */
  public static void whenItEnds(ActorSystem<?> system, Runnable action) {
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseServiceUnbind(),
            "tell-of-the-end",
            () -> {
              action.run();
              return CompletableFuture.completedFuture(Done.getInstance());
            });
    system.getWhenTerminated().whenComplete((done, failure) -> action.run());
  }

  /**
   * Leaves the cluster in order, if this node is still part of it, and stops the system. Completes
   * within half a minute, whatever others do; a connection with TLS that does not close may leave
   * threads behind, so the process has to be ended explicitly.
   */
  public static CompletionStage<Done> stop(ActorSystem<?> system) {
    return CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.actorSystemTerminateReason());
  }

  /** The port that was bound. */
  public static int port(ActorSystem<?> system) {
    return system.address().getPort().orElseThrow();
  }

  /** The address of a node's actor system. */
  static Address address(String host, int port) {
    return new Address("pekko", NAME, host, port);
  }

  /** Some are lost, or late, before a node counts as unreachable. */
  static Duration heartbeatInterval(ClusterConfig.Node node) {
    Duration tenth = node.acceptableHeartbeatPause().dividedBy(10);
    return tenth.compareTo(Duration.ofSeconds(1)) < 0 ? tenth : Duration.ofSeconds(1);
  }

  private static ActorSystemSetup setup(SSLEngineProvider tls, Map<String, Object> values) {
    return ActorSystemSetup.create(
        BootstrapSetup.create(SystemSettings.of(SECTION, values)),
        SSLEngineProviderSetup.create(system -> tls));
  }

  private static Map<String, Object> values(
      ClusterConfig.Node node, String role, LargeMessages large) {
    Map<String, Object> values = new HashMap<>();
    values.put(ARTERY + "canonical.hostname", node.advertisedHost());
    values.put(ARTERY + "canonical.port", node.port());
    values.put(ARTERY + "bind.hostname", node.host());
    values.put(ARTERY + "bind.port", node.port());
    values.put(ARTERY + "large-message-destinations", large.destinations());
    values.put(ARTERY + "advanced.maximum-large-frame-size", large.largest());
    values.put("pekko.cluster.roles", List.of(role));
    values.put(DETECTOR + "heartbeat-interval", heartbeatInterval(node));
    values.put("pekko.cluster.unreachable-nodes-reaper-interval", heartbeatInterval(node));
    values.put(DETECTOR + "acceptable-heartbeat-pause", node.acceptableHeartbeatPause());
    return values;
  }
}
