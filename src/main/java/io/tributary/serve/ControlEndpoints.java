package io.tributary.serve;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.protocol.ConfigView;
import io.tributary.protocol.ServiceControl;
import io.tributary.protocol.ServiceControl.Action;
import io.tributary.protocol.ServiceControl.Answer;
import io.tributary.protocol.ServiceControl.Done;
import io.tributary.protocol.ServiceControl.Invalid;
import io.tributary.protocol.ServiceControl.Unable;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;

/** What an operator may do to the run, and the settings it runs with. */
final class ControlEndpoints {

  private final ServiceControl control;
  private final Duration patience;

  /**
   * @param patience how long an answer is waited for; what takes longer goes on, and the caller is
   *     told that it was accepted
   */
  ControlEndpoints(ServiceControl control, Duration patience) {
    this.control = control;
    this.patience = patience;
  }

  void addTo(Routes routes) {
    for (Action action : Action.values()) {
      routes.post("/control/" + name(action), call -> perform(action, call));
    }
    routes
        .get("/config", call -> Answers.json(StatusCodes.OK, json(control.config())))
        .patch("/config", this::change);
  }

  private static String name(Action action) {
    return action.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private CompletionStage<HttpResponse> perform(Action action, Call call) {
    if (call.body().length > 0 && !SettingsJson.read(call.body()).isEmpty()) {
      return Answers.now(
          Answers.error(StatusCodes.BAD_REQUEST, name(action) + " takes no settings: no body"));
    }
    return answer(control.perform(action, call.from()), name(action));
  }

  private CompletionStage<HttpResponse> change(Call call) {
    Map<String, String> settings = SettingsJson.read(call.body());
    if (settings.isEmpty()) {
      return Answers.now(
          Answers.error(
              StatusCodes.BAD_REQUEST,
              "nothing to change: expected an object of settings, as in {\"samplers.count\": 2}"));
    }
    return answer(control.change(settings, call.from()), "change");
  }

  private CompletionStage<HttpResponse> answer(CompletionStage<Answer> answer, String what) {
    CompletableFuture<HttpResponse> response =
        answer.thenApply(ControlEndpoints::response).toCompletableFuture().copy();
    return response.completeOnTimeout(
        Answers.text(StatusCodes.ACCEPTED, "accepted", what + " is under way"),
        patience.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  private static HttpResponse response(Answer answer) {
    if (answer instanceof Done done) {
      return Answers.text(StatusCodes.OK, "done", done.what());
    } else if (answer instanceof Invalid invalid) {
      return Answers.error(StatusCodes.BAD_REQUEST, invalid.reason());
    } else if (answer instanceof Unable unable) {
      return Answers.error(StatusCodes.CONFLICT, unable.reason());
    }
    throw new IllegalStateException("unknown answer " + answer);
  }

  private static JsonObject json(ConfigView view) {
    JsonObject settings = new JsonObject();
    view.settings()
        .forEach(
            (key, setting) -> {
              JsonObject json = new JsonObject();
              json.add("value", JsonParser.parseString(setting.json()));
              json.addProperty("origin", setting.origin());
              json.addProperty("changeable", setting.changeable());
              settings.add(key, json);
            });
    JsonArray changes = new JsonArray();
    for (ConfigView.Change change : view.changes()) {
      JsonObject json = new JsonObject();
      json.addProperty("at", change.at().toString());
      json.addProperty("from", change.from());
      json.addProperty("key", change.key());
      json.add("before", JsonParser.parseString(change.before()));
      json.add("after", JsonParser.parseString(change.after()));
      changes.add(json);
    }
    JsonObject json = new JsonObject();
    json.add("settings", settings);
    json.add("changes", changes);
    return json;
  }
}
