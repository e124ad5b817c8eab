package io.tributary.serve;

import com.google.gson.JsonObject;
import io.tributary.data.ServiceState;
import io.tributary.metrics.Exposition;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.RunStatus;
import java.time.Duration;
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

  private HttpResponse live() {
    ServiceState state = status.get().state();
    JsonObject json = new JsonObject();
    json.addProperty("live", state != ServiceState.FAILED);
    json.addProperty("state", state.name());
    return Answers.json(
        state == ServiceState.FAILED ? StatusCodes.SERVICE_UNAVAILABLE : StatusCodes.OK, json);
  }

  private HttpResponse ready() {
    RunStatus now = status.get();
    Readiness readiness = readiness(now);
    JsonObject json = readiness.json();
    json.addProperty("state", now.state().name());
    return Answers.json(readiness.ready() ? StatusCodes.OK : StatusCodes.SERVICE_UNAVAILABLE, json);
  }
}
