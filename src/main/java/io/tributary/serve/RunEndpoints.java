package io.tributary.serve;

import io.tributary.data.ServiceState;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.RunMetrics.Exposition;
import io.tributary.protocol.RunStatus;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;

/** Metrics, health and status of the run. */
final class RunEndpoints {

  private final RunMetrics metrics;
  private final Supplier<RunStatus> status;
  private final Duration stallTimeout;

  RunEndpoints(RunMetrics metrics, Supplier<RunStatus> status, Duration stallTimeout) {
    this.metrics = metrics;
    this.status = status;
    this.stallTimeout = stallTimeout;
  }

  void addTo(Routes routes) {
    routes
        .get("/metrics", this::metrics)
        .openGet("/health/live", call -> live())
        .openGet("/health/ready", call -> ready())
        .get("/status", call -> status());
  }

  private HttpResponse metrics(Call call) {
    Exposition exposition = metrics.scrape(call.header("Accept").orElse(null));
    return HttpResponse.create()
        .withEntity(
            HttpEntities.create(ContentTypes.parse(exposition.contentType()), exposition.body()));
  }

  private HttpResponse status() {
    RunStatus now = status.get();
    return Answers.json(StatusCodes.OK, StatusJson.of(now, readiness(now)));
  }

  private Readiness readiness(RunStatus now) {
    return Readiness.of(now, stallTimeout);
  }

  private record Live(boolean live, ServiceState state) {}

  private HttpResponse live() {
    ServiceState state = status.get().state();
    boolean live = state != ServiceState.FAILED;
    return Answers.json(
        live ? StatusCodes.OK : StatusCodes.SERVICE_UNAVAILABLE, new Live(live, state));
  }

  private record Ready(boolean ready, List<String> reasons, ServiceState state) {}

  private HttpResponse ready() {
    RunStatus now = status.get();
    Readiness readiness = readiness(now);
    return Answers.json(
        readiness.ready() ? StatusCodes.OK : StatusCodes.SERVICE_UNAVAILABLE,
        new Ready(readiness.ready(), readiness.reasons(), now.state()));
  }
}
