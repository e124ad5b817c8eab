package io.tributary.serve;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.tributary.data.ServiceState;
import io.tributary.metrics.Exposition;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.RunStatus;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.Allow;
import org.apache.pekko.http.javadsl.model.headers.CacheControl;
import org.apache.pekko.http.javadsl.model.headers.CacheDirectives;
import org.apache.pekko.http.javadsl.model.headers.Host;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.jspecify.annotations.Nullable;

/** The table of paths and what each answers. Every answer is made from snapshots, at once. */
final class Endpoints {

  private static final String INDEX =
      """
      Tributary

      /metrics        Prometheus text format or OpenMetrics
      /health/live    200 unless the run has failed
      /health/ready   200 when sequences are drawn and learned, 503 with the reasons otherwise
      /status         the run's status as JSON
      """;

  private final Map<String, Function<HttpRequest, HttpResponse>> paths = new LinkedHashMap<>();
  private final RunMetrics metrics;
  private final Supplier<RunStatus> status;
  private final Duration stallTimeout;
  private final Clock clock;

  Endpoints(RunMetrics metrics, Supplier<RunStatus> status, Duration stallTimeout, Clock clock) {
    this.metrics = metrics;
    this.status = status;
    this.stallTimeout = stallTimeout;
    this.clock = clock;
    paths.put("/", request -> HttpResponse.create().withEntity(INDEX));
    paths.put("/metrics", this::metrics);
    paths.put("/health/live", request -> live());
    paths.put("/health/ready", request -> ready());
    paths.put("/status", request -> json(StatusCodes.OK, StatusJson.of(status.get())));
  }

  /** Answers a request whose body has been dealt with. */
  HttpResponse answer(HttpRequest request, AllowedHosts hosts) {
    return respond(request, hosts)
        .addHeader(CacheControl.create(CacheDirectives.NO_STORE))
        .addHeader(RawHeader.create("X-Content-Type-Options", "nosniff"));
  }

  private HttpResponse respond(HttpRequest request, AllowedHosts hosts) {
    Host host = request.getHeader(Host.class).orElse(null);
    if (host == null || !hosts.allowsHost(host.host().address())) {
      return error(StatusCodes.FORBIDDEN, "this server is not called by that Host");
    }
    if (!hosts.allowsOrigin(header(request, "Origin"), host.port())) {
      return error(StatusCodes.FORBIDDEN, "pages of that Origin may not read from this server");
    }
    Function<HttpRequest, HttpResponse> handler = paths.get(request.getUri().path());
    if (handler == null) {
      return unknown();
    }
    if (!request.method().equals(HttpMethods.GET)) {
      return error(StatusCodes.METHOD_NOT_ALLOWED, "only GET and HEAD are possible here")
          .addHeader(Allow.create(HttpMethods.GET, HttpMethods.HEAD));
    }
    return handler.apply(request);
  }

  private HttpResponse metrics(HttpRequest request) {
    Exposition exposition = metrics.scrape(header(request, "Accept"));
    return HttpResponse.create()
        .withEntity(
            HttpEntities.create(ContentTypes.parse(exposition.contentType()), exposition.body()));
  }

  private HttpResponse live() {
    ServiceState state = status.get().state();
    JsonObject json = new JsonObject();
    json.addProperty("live", state != ServiceState.FAILED);
    json.addProperty("state", state.name());
    return json(
        state == ServiceState.FAILED ? StatusCodes.SERVICE_UNAVAILABLE : StatusCodes.OK, json);
  }

  private HttpResponse ready() {
    RunStatus now = status.get();
    Readiness readiness = Readiness.of(now, clock.instant(), stallTimeout);
    JsonObject json = new JsonObject();
    json.addProperty("ready", readiness.ready());
    json.addProperty("state", now.state().name());
    JsonArray reasons = new JsonArray();
    readiness.reasons().forEach(reasons::add);
    json.add("reasons", reasons);
    return json(readiness.ready() ? StatusCodes.OK : StatusCodes.SERVICE_UNAVAILABLE, json);
  }

  private HttpResponse unknown() {
    JsonObject json = new JsonObject();
    json.addProperty("error", "there is nothing under this path");
    JsonArray known = new JsonArray();
    paths.keySet().forEach(known::add);
    json.add("paths", known);
    return json(StatusCodes.NOT_FOUND, json);
  }

  static HttpResponse error(StatusCode code, String message) {
    JsonObject json = new JsonObject();
    json.addProperty("error", message);
    return json(code, json);
  }

  private static HttpResponse json(StatusCode code, JsonObject json) {
    return HttpResponse.create()
        .withStatus(code)
        .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, json + "\n"));
  }

  private static @Nullable String header(HttpRequest request, String name) {
    return request.getHeader(name).map(HttpHeader::value).orElse(null);
  }
}
