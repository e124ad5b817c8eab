package io.tributary.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.tributary.data.NodeState;
import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.WorkTime;
import io.tributary.metrics.WorkerMetrics;
import io.tributary.protocol.WorkerStatus;
import io.tributary.testing.Http;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class WorkerHttpTest {
  private final WorkerMetrics metrics = new WorkerMetrics();
  private final AtomicReference<WorkerStatus> status =
      new AtomicReference<>(new WorkerStatus(NodeState.JOINING, List.of("it is refused: why")));

  @Test
  void aWorkerTellsItsHealthAndItsMetrics() throws Exception {
    metrics.finished(
        Stage.SAMPLER,
        8,
        new WorkTime(
            Duration.ofSeconds(2), Map.of(BlockedReason.ADMISSION, Duration.ofSeconds(3))));
    metrics.failed(Stage.SCORER);
    metrics.holds(7);
    metrics.fetched(1000, Duration.ofMillis(500));
    HttpService service =
        HttpService.start(TestServer.config("127.0.0.1", 0), metrics, status::get)
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    try {
      Http http = new Http(service.uri());
      expect(
          http.get("/health"),
          503,
          "{'ready': false, 'reasons': ['it is refused: why'], 'state': 'JOINING'}");
      status.set(new WorkerStatus(NodeState.AVAILABLE, List.of()));
      for (String path : List.of("/health", "/health/ready")) {
        expect(http.get(path), 200, "{'ready': true, 'reasons': [], 'state': 'AVAILABLE'}");
      }
      expect(http.get("/health/live"), 200, "{'live': true}");
      assertThat(http.get("/metrics").body().lines())
          .contains(
              "tributary_worker_state{state=\"JOINING\"} 1.0",
              "tributary_worker_sequences_total{stage=\"sampler\"} 8.0",
              "tributary_worker_sequences_total{stage=\"scorer\"} 0.0",
              "tributary_worker_busy_seconds_total{stage=\"sampler\"} 2.0",
              "tributary_worker_blocked_seconds_total{reason=\"admission\",stage=\"sampler\"} 3.0",
              "tributary_worker_failures_total{stage=\"scorer\"} 1.0",
              "tributary_worker_proposal_version 7.0",
              "tributary_worker_fetched_bytes_total 1000.0",
              "tributary_worker_fetch_seconds_total 0.5")
          .anyMatch(line -> line.startsWith("tributary_build_info{"))
          .anyMatch(line -> line.startsWith("process_start_time_seconds "))
          .noneMatch(line -> line.contains("tributary_learner"));
      assertThat(http.get("/status").statusCode()).isEqualTo(404);
    } finally {
      service.stop(Duration.ofSeconds(1)).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  private static void expect(HttpResponse<String> answer, int code, String json) {
    assertThat(answer.statusCode()).isEqualTo(code);
    assertThat(JsonParser.parseString(answer.body()))
        .isEqualTo(JsonParser.parseString(json.replace('\'', '"')));
  }
}
