package io.tributary.serve;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCode;

/** Responses as JSON. */
public final class Answers {

  private Answers() {}

  static HttpResponse json(StatusCode code, JsonElement json) {
    return HttpResponse.create()
        .withStatus(code)
        .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, json + "\n"));
  }

  /** An object with one text, as errors and the outcome of actions are told. */
  static HttpResponse text(StatusCode code, String key, String text) {
    JsonObject json = new JsonObject();
    json.addProperty(key, text);
    return json(code, json);
  }

  public static HttpResponse error(StatusCode code, String message) {
    return text(code, "error", message);
  }

  /** An answer that is there already. */
  static CompletionStage<HttpResponse> now(HttpResponse response) {
    return CompletableFuture.completedFuture(response);
  }
}
