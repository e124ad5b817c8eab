package io.tributary.serve;

import io.tributary.data.NodeState;
import io.tributary.metrics.ProcessMetrics;
import io.tributary.protocol.WorkerStatus;
import java.util.List;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;

/** Metrics and health of a worker. */
record WorkerEndpoints(ProcessMetrics metrics, Supplier<WorkerStatus> status) {
  void addTo(Routes routes) {
    routes
        .get("/metrics", call -> Answers.metrics(metrics, call))
        .openGet("/health", call -> health())
        .openGet("/health/live", call -> Answers.json(StatusCodes.OK, new Live(true)))
        .openGet("/health/ready", call -> health());
  }

  private record Live(boolean live) {}

  private record Ready(boolean ready, List<String> reasons, NodeState state) {}

  /** Whether it works for a trainer; a worker that doesn't is alive. */
  private HttpResponse health() {
    WorkerStatus now = status.get();
    boolean ready = now.reasons().isEmpty();
    return Answers.json(
        ready ? StatusCodes.OK : StatusCodes.SERVICE_UNAVAILABLE,
        new Ready(ready, now.reasons(), now.state()));
  }
}
