package io.tributary.serve;

import io.tributary.io.Json;
import io.tributary.metrics.ProcessMetrics;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCode;

/** Responses as JSON. */
public final class Answers {

  private Answers() {}

  /**
   * An answer made of a record or a map.
   *
   * @see Json
   */
  static HttpResponse json(StatusCode code, Object answer) {
    return HttpResponse.create()
        .withStatus(code)
        .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, Json.of(answer) + "\n"));
  }

  /** An object with one text: an error, or the outcome of an action. */
  static HttpResponse text(StatusCode code, String key, String text) {
    return json(code, Map.of(key, text));
  }

  public static HttpResponse error(StatusCode code, String message) {
    return text(code, "error", message);
  }

  /** The metrics of a process, in the format that the caller accepts. */
  static HttpResponse metrics(ProcessMetrics metrics, Routes.Call call) {
    ProcessMetrics.Exposition exposition = metrics.scrape(call.header("Accept").orElse(null));
    return HttpResponse.create()
        .withEntity(
            HttpEntities.create(ContentTypes.parse(exposition.contentType()), exposition.body()));
  }

  /** An answer that is known at once. */
  static CompletionStage<HttpResponse> now(HttpResponse response) {
    return CompletableFuture.completedFuture(response);
  }
}
