package io.tributary.serve;

import io.tributary.config.HttpConfig;
import io.tributary.config.binding.ConfigException;
import io.tributary.config.binding.SystemSettings;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.WorkerMetrics;
import io.tributary.protocol.RunStatus;
import io.tributary.protocol.ServiceControl;
import io.tributary.protocol.WorkerStatus;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Tcp;
import org.jspecify.annotations.Nullable;
import scala.concurrent.ExecutionContextExecutor;

/**
 * The HTTP server of a run. It has an actor system of its own, in which one thread under a {@link
 * CpuThrottle} does everything from sockets to answers, so that no client can slow the run down.
 */
public final class HttpService {

  private static final String SYSTEM = "tributary-http";
  static final String DISPATCHER = SYSTEM + ".dispatcher";

  private final ActorSystem<Void> system;
  private final Tcp.ServerBinding binding;
  private final boolean encrypted;
  private final Connections connections;
  private final CompletionStage<Done> ended;

  private HttpService(
      ActorSystem<Void> system,
      Tcp.ServerBinding binding,
      boolean encrypted,
      Connections connections,
      CompletionStage<Done> ended) {
    this.system = system;
    this.binding = binding;
    this.encrypted = encrypted;
    this.connections = connections;
    this.ended = ended;
  }

  /**
   * Checks everything that starting a server needs except for binding it.
   *
   * @throws ConfigException if the address is not known, or token or certificate can't be used
   */
  public static void check(HttpConfig http) {
    Protection.of(http, System.getenv());
  }

  /**
   * Binds the server.
   *
   * @param http address, port and access rules
   * @param status the current status; called on each request, so it must not block
   * @param history measurements and sequences since the first step
   * @param control carries out what operators ask for
   * @param stallTimeout longest time without progress on a batch in which the learner is still
   *     ready
   * @return the bound server, or a failure with {@link ConfigException} if the address can't be
   *     bound, or token or certificate can't be used
   */
  public static CompletionStage<HttpService> start(
      HttpConfig http,
      RunMetrics metrics,
      Supplier<RunStatus> status,
      RunHistory history,
      ServiceControl control,
      Duration stallTimeout) {
    Routes routes = new Routes();
    new ConsoleEndpoints(history).addTo(routes);
    new RunEndpoints(metrics, status, stallTimeout).addTo(routes);
    new DiscoveryEndpoints(status).addTo(routes);
    new ControlEndpoints(control, Limits.USUAL.patience()).addTo(routes);
    return start(http, routes);
  }

  /**
   * Binds the server of a worker; see the other method.
   *
   * @param status of the worker; called on each request, so it must not block
   */
  public static CompletionStage<HttpService> start(
      HttpConfig http, WorkerMetrics metrics, Supplier<WorkerStatus> status) {
    Routes routes = new Routes();
    new WorkerEndpoints(metrics, status).addTo(routes);
    return start(http, routes);
  }

  private static CompletionStage<HttpService> start(HttpConfig http, Routes routes) {
    try {
      return bind(http, Protection.of(http, System.getenv()), routes, Limits.USUAL);
    } catch (ConfigException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  static CompletionStage<HttpService> bind(
      HttpConfig http, Protection protection, Routes routes, Limits limits) {
    ActorSystem<Void> system =
        ActorSystem.create(Behaviors.empty(), SYSTEM, SystemSettings.of(SYSTEM));
    ExecutionContextExecutor thread =
        system.dispatchers().lookup(DispatcherSelector.fromConfig(DISPATCHER));
    system
        .scheduler()
        .scheduleWithFixedDelay(
            Duration.ZERO,
            CpuThrottle.INTERVAL,
            new CpuThrottle(CpuThrottle.START, CpuThrottle.BURST),
            thread);
    CompletableFuture<Endpoints> endpoints = new CompletableFuture<>();
    Connections connections = new Connections(system, limits, protection.tls(), endpoints, thread);
    Materializer materializer = Materializer.matFromSystem(system);
    Pair<CompletionStage<Tcp.ServerBinding>, CompletionStage<Done>> running =
        Tcp.get(system)
            .bind(
                protection.address().getHostAddress(),
                http.port(),
                limits.connections(),
                List.of(),
                false,
                Optional.empty())
            .mapAsyncUnordered(limits.connections(), connections::serve)
            .toMat(Sink.ignore(), Keep.both())
            .withAttributes(ActorAttributes.dispatcher(DISPATCHER))
            .run(materializer);
    return running
        .first()
        .handle(
            (binding, failure) -> {
              if (binding == null) {
                system.terminate();
                throw new CompletionException(unbound(http, failure));
              }
              endpoints.complete(
                  new Endpoints(
                      routes,
                      protection.access(http, binding.localAddress()),
                      limits,
                      materializer,
                      thread));
              return new HttpService(
                  system, binding, protection.tls().isPresent(), connections, running.second());
            });
  }

  /** The bound address, with the actual port if 0 was configured. */
  public InetSocketAddress address() {
    return binding.localAddress();
  }

  /** The server's base URI. */
  public URI uri() {
    String host = address().getAddress().getHostAddress();
    return URI.create(
        "%s://%s:%d"
            .formatted(
                encrypted ? "https" : "http",
                host.contains(":") ? "[" + host + "]" : host,
                address().getPort()));
  }

  /** Registers what is to be done when the server's actor system ends, for whatever reason. */
  public void whenItEnds(Runnable action) {
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseServiceUnbind(), // after an error it may get no further
            "tell-of-the-end",
            () -> {
              action.run();
              return CompletableFuture.completedFuture(Done.getInstance());
            });
  }

  /**
   * Unbinds and stops reading requests; those under way may finish until the deadline. Completes
   * when the server's actor system has ended too, or has not within another deadline.
   */
  public CompletionStage<Done> stop(Duration deadline) {
    return within(
            deadline,
            binding
                .unbind()
                .thenCompose(
                    unbound -> {
                      connections.stop();
                      return ended;
                    }))
        .handle((done, failure) -> done)
        .thenCompose(
            done -> {
              system.terminate();
              return within(deadline, system.getWhenTerminated());
            });
  }

  private static CompletionStage<Done> within(Duration deadline, CompletionStage<Done> stage) {
    return stage
        .toCompletableFuture()
        .copy()
        .completeOnTimeout(Done.getInstance(), deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static ConfigException unbound(HttpConfig http, @Nullable Throwable failure) {
    return new ConfigException(
        "http.port: %d on %s can't be bound, another program may be using it; choose another one, or 0 for any free port"
            .formatted(http.port(), http.host()),
        failure);
  }
}
