package io.tributary.serve;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.tributary.protocol.ServiceControl;
import io.tributary.protocol.ServiceControl.Action;
import io.tributary.protocol.ServiceControl.Answer;
import io.tributary.protocol.ServiceControl.ConfigView;
import io.tributary.protocol.ServiceControl.Done;
import io.tributary.protocol.ServiceControl.Invalid;
import io.tributary.protocol.ServiceControl.NodeAction;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;

/**
 * Actions of operators, and the settings of the run.
 *
 * @param patience longest wait for an outcome; after that the client is told that the action was
 *     accepted, and the action continues
 */
record ControlEndpoints(ServiceControl control, Duration patience) {
  void addTo(Routes routes) {
    for (Action action : Action.values()) {
      routes.post("/control/" + name(action), call -> perform(action, call));
    }
    for (NodeAction action : NodeAction.values()) {
      routes.post("/control/" + name(action), call -> perform(action, call));
    }
    routes
        .get("/config", call -> Answers.json(StatusCodes.OK, json(control.config())))
        .patch("/config", this::change);
  }

  private static String name(Enum<?> action) {
    return action.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private CompletionStage<HttpResponse> perform(Action action, Routes.Call call) {
    if (call.body().length > 0 && !SettingsJson.read(call.body()).isEmpty()) {
      return Answers.now(
          Answers.error(
              StatusCodes.BAD_REQUEST, name(action) + " takes no settings: expected no body"));
    }
    return answer(control.perform(action, call.from()), name(action));
  }

  private CompletionStage<HttpResponse> perform(NodeAction action, Routes.Call call) {
    Map<String, String> body = call.body().length == 0 ? Map.of() : SettingsJson.read(call.body());
    String node = body.get("node");
    if (node == null || body.size() > 1) {
      return Answers.now(
          Answers.error(
              StatusCodes.BAD_REQUEST,
              name(action)
                  + " takes the name of a node: expected a body as {\"node\": \"node-0\"}"));
    }
    return answer(control.perform(action, node, call.from()), name(action));
  }

  private CompletionStage<HttpResponse> change(Routes.Call call) {
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
    if (answer instanceof Done) {
      return Answers.text(StatusCodes.OK, "done", answer.text());
    }
    return Answers.error(
        answer instanceof Invalid ? StatusCodes.BAD_REQUEST : StatusCodes.CONFLICT, answer.text());
  }

  private record Config(Map<String, Value> settings, List<Change> changes) {}

  private record Value(JsonElement value, String origin, boolean changeable) {}

  private record Change(
      Instant at, String from, String key, JsonElement before, JsonElement after) {}

  private static Config json(ConfigView view) {
    Map<String, Value> settings = new LinkedHashMap<>();
    view.settings()
        .forEach(
            (key, setting) ->
                settings.put(
                    key,
                    new Value(
                        JsonParser.parseString(setting.json()),
                        setting.origin(),
                        setting.changeable())));
    return new Config(
        settings,
        view.changes().stream()
            .map(
                change ->
                    new Change(
                        change.at(),
                        change.from(),
                        change.key(),
                        JsonParser.parseString(change.before()),
                        JsonParser.parseString(change.after())))
            .toList());
  }
}
