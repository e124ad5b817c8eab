package io.tributary.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.tributary.config.HttpConfig;
import io.tributary.data.Paused;
import io.tributary.data.ServiceState;
import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.RunStatus;
import io.tributary.testing.Http;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A server that is really bound, with a run that is told what to look like. */
public final class TestServer implements AutoCloseable {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final RunStatus STARTING =
      new RunStatus(
          "quickstart",
          ServiceState.STARTING,
          null,
          null,
          Paused.NONE,
          START,
          0,
          0,
          new RunStatus.Rates(0, 0),
          Map.of(),
          new RunStatus.Versions(0, 0, Map.of()),
          null,
          Map.of("amazing", 1.0),
          Map.of(),
          List.of(),
          null);
  static final RunStatus RUNNING =
      new RunStatus(
          "quickstart",
          ServiceState.RUNNING,
          null,
          null,
          Paused.NONE,
          START,
          12,
          3072,
          new RunStatus.Rates(1.5, 384),
          Map.of(
              "scorer",
              new RunStatus.Load(
                  2, 128, 256, 30, Map.of("input", 10.0), 0.75, Map.of("input", 0.25))),
          new RunStatus.Versions(4, 3, Map.of("1", 2L, "0", 3L)),
          null,
          Map.of("amazing", 1.0),
          new Measurements()
              .put(Metric.FEATURE_MOMENT, 0.21, "amazing", Distribution.PI)
              .put(Metric.KL_NATS, 1.93, Pair.P_PI)
              .put(Metric.KL_NATS, Double.NaN, Pair.PI_A)
              .values(),
          List.of(new RunStatus.Checkpoint(10, START.plusSeconds(60), 1000, 1.75, true)),
          null);

  final AtomicReference<RunStatus> status = new AtomicReference<>(RUNNING);
  final RunHistory history = new RunHistory();
  public final RecordedControl control = new RecordedControl();
  public final HttpService service;
  private final RunMetrics metrics = new RunMetrics(Map.of("amazing", 1.0), Clock.systemUTC());

  public TestServer() throws Exception {
    this(Limits.USUAL);
  }

  /** A server that is less patient. */
  public TestServer(Limits limits) throws Exception {
    this.service = start(config("127.0.0.1", 0), Map.of(), limits);
  }

  public static HttpConfig config(String host, int port) {
    return new HttpConfig(
        host,
        port,
        List.of(),
        Optional.empty(),
        false,
        new HttpConfig.Tls(Optional.empty(), Optional.empty()));
  }

  /** Another server of the same run. */
  public HttpService start(HttpConfig http) throws Exception {
    return HttpService.start(http, metrics, status::get, history, control, Duration.ofSeconds(60))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  public HttpService start(HttpConfig http, Map<String, String> environment, Limits limits)
      throws Exception {
    Routes routes = new Routes();
    new ConsoleEndpoints(history).addTo(routes);
    new RunEndpoints(metrics, status::get, Duration.ofSeconds(60)).addTo(routes);
    new DiscoveryEndpoints(status::get).addTo(routes);
    new ControlEndpoints(control, limits.patience()).addTo(routes);
    return HttpService.bind(http, Protection.of(http, environment), routes, limits)
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  /** A client of this server. */
  public Http http() {
    return new Http(service.uri());
  }

  public HttpRequest.Builder request(String path) {
    return http().request(path);
  }

  public HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http().send(request);
  }

  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http().get(path);
  }

  HttpResponse<String> post(String path) throws IOException, InterruptedException {
    return http().post(path);
  }

  /** How this server is called. */
  String host() {
    return "Host: localhost:" + service.address().getPort();
  }

  Socket connect() throws IOException {
    return new Socket(service.address().getAddress(), service.address().getPort());
  }

  /** Everything that is answered to these bytes until the connection is closed. */
  public String raw(byte[] bytes) throws IOException {
    return raw(service.uri(), bytes);
  }

  public static String raw(URI server, byte[] bytes) throws IOException {
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  @Override
  public void close() {
    service
        .stop(Duration.ofSeconds(1))
        .toCompletableFuture()
        .orTimeout(10, TimeUnit.SECONDS)
        .join();
  }
}
