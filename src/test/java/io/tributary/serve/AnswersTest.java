package io.tributary.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.data.LearnedSequence;
import io.tributary.data.NodeState;
import io.tributary.data.Paused;
import io.tributary.data.ServiceState;
import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.protocol.NodeStatus;
import io.tributary.protocol.RunStatus;
import io.tributary.protocol.ServiceControl;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Answers byte for byte: scripts and the console page read them. */
class AnswersTest {
  private static final String GOLDEN = "answers.txt";

  private static final RunStatus FAILED =
      new RunStatus(
          "quickstart",
          ServiceState.FAILED,
          "the \"disk\" is full & <gone>",
          "the policy is losing parts of the target",
          new Paused(true, false),
          TestServer.START,
          7,
          1792,
          new RunStatus.Rates(Double.NaN, 1e-3),
          Map.of(
              "sampler",
              new RunStatus.Load(
                  1,
                  0,
                  128,
                  1 / 3.0,
                  Map.of("weights", 0.5, "admission", 2.0),
                  Double.NaN,
                  Map.of()),
              "learner",
              new RunStatus.Load(1, 0, 0, 0, Map.of(), 0, Map.of("input", 1.0))),
          new RunStatus.Versions(2, 1, Map.of("sampler-1", 1L, "sampler-0", 0L)),
          Duration.ofSeconds(90),
          Map.of("länge", Double.NaN, "amazing", 0.5),
          new Measurements()
              .put(Metric.LEARNER_LOSS, -1.25)
              .put(Metric.FEATURE_MOMENT, 1e-7, "länge", Distribution.Q)
              .put(Metric.KL_NATS, 3, Pair.P_Q)
              .values(),
          List.of(
              new RunStatus.Checkpoint(6, TestServer.START, 1L << 40, Double.NaN, false),
              new RunStatus.Checkpoint(4, TestServer.START, 5, 0.1, true)),
          null);

  static final RunStatus WAITING =
      new RunStatus(
          "quickstart",
          ServiceState.WAITING_FOR_WORKERS,
          "there is no scorer",
          null,
          Paused.NONE,
          TestServer.START,
          0,
          0,
          new RunStatus.Rates(0, 0),
          Map.of(),
          new RunStatus.Versions(0, 0, Map.of()),
          null,
          Map.of(),
          Map.of(),
          List.of(),
          List.of(
              new NodeStatus(
                  "node-0",
                  "worker-1.example.org:17355",
                  "0.2.0",
                  NodeState.AVAILABLE,
                  List.of("gpu:0", "gpu:1"),
                  2,
                  0,
                  3L,
                  12.5,
                  0.75,
                  Double.NaN,
                  0.002,
                  1.5,
                  "0123456789abcdef",
                  true,
                  "https://worker-1.example.org:9464/metrics"),
              new NodeStatus(
                  "node-1",
                  "worker-2.example.org:17355",
                  "0.2.0",
                  NodeState.JOINING,
                  List.of(),
                  0,
                  0,
                  null,
                  0,
                  Double.NaN,
                  Double.NaN,
                  Double.NaN,
                  0.25,
                  null,
                  false,
                  null)));

  @Test
  void answersAreTheSameByteForByte() throws Exception {
    StringBuilder answers = new StringBuilder();
    try (TestServer server = new TestServer()) {
      server.history.evaluated(0, new Measurements().put(Metric.KL_NATS, 4, Pair.P_PI));
      server.history.stepped(1, measured(2), 0.5, 64);
      server.history.stepped(2, measured(Double.NaN), 1 / 3.0, 1e9);
      server.history.replaced(2, 7);
      server.history.learned(
          List.of(
              new LearnedSequence(
                  2, 5, 1, 3, "an <amazing> \"text\"\n", -12.5, 1000, Map.of("amazing", 1.0)),
              new LearnedSequence(2, 5, 2, 3, "", -3, Double.NEGATIVE_INFINITY, Map.of())));
      for (String path :
          List.of(
              "/status",
              "/health/live",
              "/health/ready",
              "/config",
              "/history",
              "/history?since=1",
              "/history?since=x",
              "/samples",
              "/samples?n=1",
              "/samples?n=0",
              "/nothing",
              "/control/drain")) {
        add(answers, "GET " + path, server.get(path));
      }
      for (RunStatus status : List.of(TestServer.STARTING, FAILED, WAITING)) {
        server.status.set(status);
        for (String path : List.of("/status", "/health/live", "/health/ready")) {
          add(answers, status.state() + " GET " + path, server.get(path));
        }
      }
      for (ServiceControl.Answer answer :
          List.of(
              new ServiceControl.Done("drained"),
              new ServiceControl.Invalid("not \"this\""),
              new ServiceControl.Unable("not now"))) {
        server.control.answer = CompletableFuture.completedFuture(answer);
        add(answers, "POST /control/drain", server.post("/control/drain"));
      }
      add(answers, "POST /status", server.post("/status"));
      for (String body :
          List.of("{}", "{\"samplers.count\": 3}", "{\"a\": null}", "[1", "\u00ff")) {
        add(
            answers,
            "PATCH /config " + body,
            server.send(
                server
                    .request("/config")
                    .header("Content-Type", "application/json")
                    .method("PATCH", BodyPublishers.ofString(body, UTF_8))));
      }
      add(
          answers,
          "PATCH /config as text",
          server.send(
              server.request("/config").method("PATCH", BodyPublishers.ofString("{}", UTF_8))));
      add(
          answers,
          "PATCH /config too large",
          server.send(
              server
                  .request("/config")
                  .header("Content-Type", "application/json")
                  .method("PATCH", BodyPublishers.ofString(" ".repeat(70_000), UTF_8))));
      server.status.set(null);
      add(answers, "GET /status without one", server.get("/status"));
    }
    assertThat(answers.toString()).isEqualTo(golden());
  }

  private static Measurements measured(double kl) {
    return new Measurements()
        .put(Metric.KL_NATS, kl, Pair.P_PI)
        .put(Metric.PARTITION_FUNCTION, 0.0123456789)
        .put(Metric.FEATURE_MOMENT, 1, "amazing", Distribution.PI);
  }

  private static void add(StringBuilder answers, String request, HttpResponse<String> response) {
    answers
        .append(request)
        .append(" -> ")
        .append(response.statusCode())
        .append(response.headers().firstValue("Allow").map(allow -> " Allow: " + allow).orElse(""))
        .append(response.headers().firstValue("Content-Type").map(type -> " " + type).orElse(""))
        .append('\n')
        .append(response.body());
  }

  private static String golden() throws IOException {
    try (InputStream golden = AnswersTest.class.getResourceAsStream(GOLDEN)) {
      return golden == null ? "" : new String(golden.readAllBytes(), UTF_8);
    }
  }
}
