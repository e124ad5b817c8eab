package io.tributary.serve;

import static io.tributary.serve.TestServer.RUNNING;
import static io.tributary.serve.TestServer.START;
import static io.tributary.serve.TestServer.STARTING;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.typesafe.config.ConfigFactory;
import io.tributary.config.binding.ConfigException;
import io.tributary.config.binding.SystemSettings;
import io.tributary.data.Paused;
import io.tributary.data.ServiceState;
import io.tributary.protocol.RunStatus;
import io.tributary.testing.Slow;
import io.tributary.testing.Waiting;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests to a server that is really bound. */
class HttpServiceTest {

  private static TestServer server;

  @BeforeAll
  static void bind() throws Exception {
    server = new TestServer();
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @BeforeEach
  void running() {
    server.status.set(RUNNING);
  }

  private static HttpService start(String host, int port) throws Exception {
    return server.start(TestServer.config(host, port));
  }

  /** The process decides what becomes of it, and with which exit code. */
  @Test
  void aFatalErrorEndsNoProcessAndTheEndIsTold() throws Exception {
    assertThat(SystemSettings.of("tributary-http").getBoolean("pekko.jvm-exit-on-fatal-error"))
        .isFalse();
    HttpService other = start("127.0.0.1", 0);
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    other.whenItEnds(() -> ended.complete(true));
    other.stop(Duration.ofSeconds(1));
    assertThat(ended).succeedsWithin(Duration.ofSeconds(30));
  }

  private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return server.get(path);
  }

  private static JsonObject json(HttpResponse<String> response) {
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  /** First line of the answer to a request with exactly these header lines. */
  private static String statusLine(String target, String... headers) throws IOException {
    try (Socket socket = server.connect()) {
      String head = String.join("\r\n", headers);
      String text = "GET %s HTTP/1.1\r\n%s\r\nConnection: close\r\n\r\n".formatted(target, head);
      socket.getOutputStream().write(text.getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII).lines().findFirst().get();
    }
  }

  @Test
  void portZeroTakesAFreePortAndReportsIt() throws Exception {
    assertThat(server.service.address().getPort()).isPositive();
    HttpService second = start("localhost", 0);
    assertThat(second.address().getPort()).isNotEqualTo(server.service.address().getPort());
    second.stop(Duration.ofSeconds(1)).toCompletableFuture().get(10, TimeUnit.SECONDS);
    assertThatThrownBy(
            () -> new Socket(second.address().getAddress(), second.address().getPort()).close())
        .isInstanceOf(IOException.class);
  }

  @Test
  void aPortInUseIsAClearFailure() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      assertThatThrownBy(() -> start("127.0.0.1", taken.getLocalPort()))
          .cause()
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("http.port: " + taken.getLocalPort() + " on 127.0.0.1")
          .hasMessageContaining("0 for any free port");
    }
  }

  @Test
  void onlyTheServersOwnSystemHasItsSocketsOnTheSlowThread() {
    String dispatcher = "pekko.io.tcp.worker-dispatcher";
    assertThat(ConfigFactory.load().getString(dispatcher))
        .isEqualTo("pekko.actor.internal-dispatcher");
    assertThat(SystemSettings.of("tributary-http").getString(dispatcher))
        .isEqualTo(HttpService.DISPATCHER);
  }

  @Test
  void itsThreadsEndWithIt() throws Exception {
    Set<Thread> before = threads();
    HttpService second = start("localhost", 0);
    assertThat(threads()).hasSizeGreaterThan(before.size());
    second.stop(Duration.ofSeconds(10)).toCompletableFuture().get(20, TimeUnit.SECONDS);
    Waiting.until("they have ended", () -> before.containsAll(threads()));
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("tributary-http-"))
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
  void offLoopbackATokenIsNeeded(String host) {
    assertThatThrownBy(() -> start(host, 0))
        .cause()
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(host + " can be reached from other machines");
  }

  @Test
  void metricsComeAsTextAndAsOpenMetrics() throws Exception {
    HttpResponse<String> text = get("/metrics");
    assertThat(text.statusCode()).isEqualTo(200);
    assertThat(text.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/plain")
        .contains("version=0.0.4")
        .containsIgnoringCase("charset=utf-8");
    assertThat(text.body()).contains("tributary_feature_target{feature=\"amazing\"} 1.0");

    String prometheus =
        "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1";
    HttpResponse<String> open =
        server.send(server.request("/metrics").header("Accept", prometheus));
    assertThat(open.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/openmetrics-text")
        .contains("version=1.0.0");
    assertThat(open.body()).endsWith("# EOF\n");
    assertThat(
            server
                .send(
                    server
                        .request("/metrics")
                        .header("Accept", "application/vnd.google.protobuf," + prometheus))
                .statusCode())
        .as("a format that is not there")
        .isEqualTo(200);
  }

  @Test
  void aRunThatHasFailedIsNotLive() throws Exception {
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    server.status.set(in(ServiceState.FAILED, null));
    assertThat(get("/health/live").statusCode()).isEqualTo(503);
  }

  @Test
  void readyMeansThatASamplerHasConfirmedTheProposal() throws Exception {
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    assertThat(json(get("/health/ready")).get("ready").getAsBoolean()).isTrue();
    server.status.set(STARTING);
    HttpResponse<String> response = get("/health/ready");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(json(response).getAsJsonArray("reasons").get(0).getAsString())
        .contains("no sampler has confirmed");
  }

  @Test
  void aStuckLearnerIsNotReady() throws Exception {
    server.status.set(in(ServiceState.RUNNING, Duration.ofSeconds(10)));
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    server.status.set(in(ServiceState.RUNNING, Duration.ofSeconds(90)));
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
    assertThat(get("/health/ready").body()).contains("neither the learner nor the evaluator");
  }

  private static RunStatus in(ServiceState state, Duration learnerSilence) {
    return new RunStatus(
        RUNNING.run(),
        state,
        null,
        null,
        Paused.NONE,
        START,
        12,
        3072,
        RUNNING.rates(),
        RUNNING.loads(),
        RUNNING.versions(),
        learnerSilence,
        RUNNING.featureTargets(),
        RUNNING.measurements(),
        RUNNING.checkpoints(),
        RUNNING.nodes());
  }

  /** In the form of Prometheus' http_sd_config. */
  @Test
  void prometheusIsToldOfTheTrainerAndOfWorkersThatCanBeCalled() throws Exception {
    server.status.set(AnswersTest.WAITING);
    HttpResponse<String> answer = get("/discovery/prometheus");
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(JsonParser.parseString(answer.body()))
        .isEqualTo(
            JsonParser.parseString(
                """
                [{"targets": ["127.0.0.1:%1$d"], "labels": {"role": "trainer"}},
                 {"targets": ["worker-1.example.org:9464"],
                  "labels": {"role": "worker", "trainer": "127.0.0.1:%1$d", "node": "node-0",
                             "__scheme__": "https"}}]
                """
                    .formatted(server.service.address().getPort())));
  }

  @Test
  void theStatusSaysHowTheRunIsGoing() throws Exception {
    JsonObject json = json(get("/status"));
    assertThat(json)
        .isEqualTo(
            JsonParser.parseString(
                """
                {"run": "quickstart", "state": "RUNNING", "started_at": "2026-01-01T00:00:00Z",
                 "step": 12, "sequences": 3072, "steps_per_second": 1.5,
                 "sequences_per_second": 384,
                 "paused": {"sampling": false, "learning": false},
                 "ready": {"ready": true, "reasons": []},
                 "stages": {"scorer":
                   {"workers": 2, "waiting_sequences": 128, "inflight_sequences": 256,
                    "busy_seconds_total": 30, "blocked_seconds_total": {"input": 10},
                    "busy_ratio": 0.75, "blocked_ratio": {"input": 0.25}}},
                 "bottleneck": "unknown",
                 "bottleneck_advice":
                   "The bottleneck is known after two learner steps.",
                 "policy_version": 4, "proposal_version": 3,
                 "sampler_proposal_version": {"0": 3, "1": 2},
                 "feature_target": {"amazing": 1}, "feature_moment": {"amazing": {"pi": 0.21}},
                 "kl_nats": {"p_pi": 1.93},
                 "last_checkpoint":
                   {"step": 10, "written_at": "2026-01-01T00:01:00Z", "bytes": 1000,
                    "kl_nats_p_pi": 1.75, "best": true},
                 "checkpoints":
                   [{"step": 10, "written_at": "2026-01-01T00:01:00Z", "bytes": 1000,
                     "kl_nats_p_pi": 1.75, "best": true}]}
                """));
    server.status.set(STARTING);
    assertThat(json(get("/status")).get("last_checkpoint").isJsonNull()).isTrue();
  }

  @Test
  void anUnknownPathIs404AndAWrongMethod405() throws Exception {
    HttpResponse<String> unknown = get("/metrics/");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(json(unknown).getAsJsonArray("paths")).hasSize(16);
    HttpResponse<String> post =
        server.send(server.request("/status").POST(HttpRequest.BodyPublishers.ofString("{}")));
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
    assertThat(json(post).has("error")).isTrue();
  }

  @Test
  void headAnswersWithoutABody() throws Exception {
    HttpResponse<String> head =
        server.send(server.request("/status").method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:PORT,200",
    "LOCALHOST:PORT,200",
    "127.0.0.1:PORT,200",
    "[::1]:PORT,200",
    "localhost,200",
    "localhost:9090,200",
    "evil.example:PORT,403",
    "127.0.0.1.evil.example:PORT,403",
    "localhost.evil.example:PORT,403",
  })
  void theHostHeaderMustNameThisServer(String host, int expected) throws Exception {
    String port = Integer.toString(server.service.address().getPort());
    assertThat(statusLine("/status", "Host: " + host.replace("PORT", port)))
        .startsWith("HTTP/1.1 " + expected);
  }

  @Test
  void aHostInTheRequestTargetDoesNotGetAround() throws Exception {
    String own = "localhost:" + server.service.address().getPort();
    assertThat(statusLine("http://evil.example/status", "Host: " + own)).contains(" 400 ");
    assertThat(statusLine("/status", "Host: " + own, "Host: evil.example")).contains(" 400 ");
    assertThat(statusLine("/status", "Accept: */*")).contains(" 400 ");
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost:PORT,200",
    "http://127.0.0.1:PORT,200",
    "http://[::1]:PORT,200",
    "https://localhost:PORT,403",
    "http://localhost,403",
    "http://localhost:1,403",
    "http://evil.example:PORT,403",
    "http://localhost:PORT@evil.example,403",
    "null,403",
    "file://,403",
  })
  void anOriginMustBeThisServer(String origin, int expected) throws Exception {
    String port = Integer.toString(server.service.address().getPort());
    HttpResponse<String> response =
        server.send(server.request("/status").header("Origin", origin.replace("PORT", port)));
    assertThat(response.statusCode()).isEqualTo(expected);
  }

  @Test
  void aHugePathIsNotServed() throws Exception {
    assertThat(get("/" + "x".repeat(4096)).statusCode()).isEqualTo(414);
  }

  @Test
  void aHugeBodyIsNotWaitedFor() throws Exception {
    String own = "Host: localhost:" + server.service.address().getPort();
    assertThat(statusLine("/status", own, "Content-Length: 100000000")).contains(" 413 ");
  }

  @Slow
  @Test
  void manyRequestsAtOnceAreAllAnswered() {
    List<CompletableFuture<HttpResponse<String>>> responses =
        IntStream.range(0, 200)
            .mapToObj(i -> List.of("/metrics", "/status", "/health/ready").get(i % 3))
            .map(server::request)
            .map(server.http()::sendAsync)
            .toList();
    assertThat(responses).allSatisfy(r -> assertThat(r.join().statusCode()).isEqualTo(200));
  }

  @Test
  void aFaultWhileAnsweringIs500WithoutDetails() throws Exception {
    server.status.set(null);
    HttpResponse<String> response = get("/status");
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).doesNotContain("Exception");
  }
}
