package io.tributary.serve;

import io.tributary.io.Json;
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
   * A record, or JSON that is made already.
   *
   * @see Json
   */
  static HttpResponse json(StatusCode code, Object answer) {
    return HttpResponse.create()
        .withStatus(code)
        .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, Json.of(answer) + "\n"));
  }

  /** An object with one text, as errors and the outcome of actions are told. */
  static HttpResponse text(StatusCode code, String key, String text) {
    return json(code, Map.of(key, text));
  }

  public static HttpResponse error(StatusCode code, String message) {
    return text(code, "error", message);
  }

  /** An answer that is there already. */
  static CompletionStage<HttpResponse> now(HttpResponse response) {
    return CompletableFuture.completedFuture(response);
  }
}
