package io.tributary.serve;

import io.tributary.config.ConfigException;
import io.tributary.config.HttpConfig;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.RunStatus;
import io.tributary.protocol.ServiceControl;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.Materializer;
import org.jspecify.annotations.Nullable;
import scala.concurrent.duration.FiniteDuration;

/** The HTTP server of a run, bound to a loopback address. */
public final class HttpService {

  /** More than clients keep open and idle: those over the limit wait until one is closed. */
  private static final int MAX_CONNECTIONS = 1024;

  private static final int MAX_URI_BYTES = 2048;
  private static final long MAX_BODY_BYTES = 64 * 1024;
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);

  /** How long an action of an operator is waited for: somewhat less than a request may take. */
  private static final Duration PATIENCE = REQUEST_TIMEOUT.minusSeconds(2);

  private final ServerBinding binding;

  private HttpService(ServerBinding binding) {
    this.binding = binding;
  }

  /**
   * Binds the server.
   *
   * @param http where to listen; only on this machine's loopback interface
   * @param status the run as it is now; asked at each request, so it must answer at once
   * @param control what an operator's requests are handed to
   * @param stallTimeout how long the learner may show no progress on a batch and still be ready
   * @return the bound server, or a failure with {@link ConfigException} where the address can't be
   *     had
   */
  public static CompletionStage<HttpService> start(
      ActorSystem<?> system,
      HttpConfig http,
      RunMetrics metrics,
      Supplier<RunStatus> status,
      ServiceControl control,
      Duration stallTimeout) {
    Routes routes = new Routes();
    new RunEndpoints(metrics, status, stallTimeout, Clock.systemUTC()).addTo(routes);
    new ControlEndpoints(control, PATIENCE).addTo(routes);
    return bind(system, http, routes);
  }

  /** Binds a server without control. */
  public static CompletionStage<HttpService> start(
      ActorSystem<?> system,
      HttpConfig http,
      RunMetrics metrics,
      Supplier<RunStatus> status,
      Duration stallTimeout) {
    Routes routes = new Routes();
    new RunEndpoints(metrics, status, stallTimeout, Clock.systemUTC()).addTo(routes);
    return bind(system, http, routes);
  }

  private static CompletionStage<HttpService> bind(
      ActorSystem<?> system, HttpConfig http, Routes routes) {
    InetAddress address;
    try {
      address = loopback(http.host());
    } catch (ConfigException e) {
      return CompletableFuture.failedFuture(e);
    }
    CompletableFuture<Endpoints> endpoints = new CompletableFuture<>();
    Function<HttpRequest, CompletionStage<HttpResponse>> handler =
        request -> endpoints.thenCompose(ready -> ready.answer(request));
    return Http.get(system)
        .newServerAt(address.getHostAddress(), http.port())
        .adaptSettings(HttpService::limited)
        .bind(handler)
        .handle(
            (binding, failure) -> {
              if (binding == null) {
                throw new CompletionException(unbound(http, failure));
              }
              endpoints.complete(
                  new Endpoints(
                      routes,
                      new AllowedHosts(http.host(), binding.localAddress()),
                      MAX_BODY_BYTES,
                      REQUEST_TIMEOUT,
                      Materializer.matFromSystem(system)));
              return new HttpService(binding);
            });
  }

  /** The address that was bound, with the port that was found where 0 was asked for. */
  public InetSocketAddress address() {
    return binding.localAddress();
  }

  /** Where a client on this machine finds the server. */
  public URI uri() {
    String host = address().getAddress().getHostAddress();
    return URI.create(
        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address().getPort());
  }

  /** Unbinds at once; requests under way may end until the deadline. */
  public CompletionStage<Done> stop(Duration deadline) {
    return binding.terminate(deadline).thenApply(terminated -> Done.getInstance());
  }

  private static InetAddress loopback(String host) {
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new ConfigException("http.host: " + host + " is no name or address known here", e);
    }
    if (!address.isLoopbackAddress()) {
      throw new ConfigException(
          "http.host: %s is not a loopback address, where requests would need a token, and there are none in this version; use 127.0.0.1, and a tunnel to reach it from elsewhere"
              .formatted(host));
    }
    return address;
  }

  private static ConfigException unbound(HttpConfig http, @Nullable Throwable failure) {
    return new ConfigException(
        "http.port: %d on %s can't be bound, another program may be using it; choose another one, or 0 for any free port"
            .formatted(http.port(), http.host()),
        failure);
  }

  private static ServerSettings limited(ServerSettings settings) {
    return settings
        .withServerHeader(Optional.empty())
        .withTransparentHeadRequests(true)
        .withRemoteAddressAttribute(true)
        .withMaxConnections(MAX_CONNECTIONS)
        .withTimeouts(
            settings
                .getTimeouts()
                .withRequestTimeout(seconds(REQUEST_TIMEOUT))
                .withIdleTimeout(seconds(IDLE_TIMEOUT)))
        .withParserSettings(
            settings
                .getParserSettings()
                .withIllegalHeaderWarnings(false)
                .withMaxUriLength(MAX_URI_BYTES)
                .withMaxContentLength(MAX_BODY_BYTES));
  }

  private static FiniteDuration seconds(Duration duration) {
    return FiniteDuration.create(duration.toSeconds(), "s");
  }
}
