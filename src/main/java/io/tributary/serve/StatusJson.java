package io.tributary.serve;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.tributary.metrics.MetricsJsonl;
import io.tributary.protocol.RunStatus;
import java.util.Map;
import java.util.TreeMap;

/**
 * A run's status as JSON. Where a value is a metric too, it has the metric's name, as in a row of
 * {@code metrics.jsonl}; what is not known yet is null or left out.
 */
final class StatusJson {

  private StatusJson() {}

  static JsonObject of(RunStatus status) {
    JsonObject json = new JsonObject();
    json.addProperty("run", status.run());
    json.addProperty("state", status.state().name());
    if (status.failure() != null) {
      json.addProperty("failure", status.failure());
    }
    JsonObject paused = new JsonObject();
    paused.addProperty("sampling", status.paused().sampling());
    paused.addProperty("learning", status.paused().learning());
    json.add("paused", paused);
    json.addProperty("started_at", status.startedAt().toString());
    json.addProperty("step", status.step());
    json.addProperty("sequences", status.sequences());
    json.add("steps_per_second", number(status.rates().stepsPerSecond()));
    json.add("sequences_per_second", number(status.rates().sequencesPerSecond()));
    json.add("queues", queues(status.queues()));
    json.addProperty("policy_version", status.versions().policy());
    json.addProperty("proposal_version", status.versions().proposal());
    JsonObject samplers = new JsonObject();
    new TreeMap<>(status.versions().samplers()).forEach(samplers::addProperty);
    json.add("sampler_proposal_version", samplers);
    JsonObject targets = new JsonObject();
    new TreeMap<>(status.featureTargets())
        .forEach((feature, moment) -> targets.add(feature, number(moment)));
    json.add("feature_target", targets);
    json.add("last_checkpoint", checkpoint(status));
    MetricsJsonl.json(status.measurements()).entrySet().stream()
        .filter(measurement -> !json.has(measurement.getKey()))
        .toList()
        .forEach(measurement -> json.add(measurement.getKey(), measurement.getValue()));
    return json;
  }

  private static JsonObject queues(Map<String, RunStatus.Queue> queues) {
    JsonObject json = new JsonObject();
    new TreeMap<>(queues)
        .forEach(
            (stage, queue) -> {
              JsonObject depth = new JsonObject();
              depth.addProperty("waiting_sequences", queue.waitingSequences());
              depth.addProperty("inflight_sequences", queue.inflightSequences());
              json.add(stage, depth);
            });
    return json;
  }

  private static JsonElement checkpoint(RunStatus status) {
    RunStatus.Checkpoint checkpoint = status.checkpoint();
    if (checkpoint == null) {
      return JsonNull.INSTANCE;
    }
    JsonObject json = new JsonObject();
    json.addProperty("step", checkpoint.step());
    json.addProperty("written_at", checkpoint.writtenAt().toString());
    json.addProperty("bytes", checkpoint.bytes());
    return json;
  }

  private static JsonElement number(double value) {
    return Double.isFinite(value) ? MetricsJsonl.number(value) : JsonNull.INSTANCE;
  }
}
