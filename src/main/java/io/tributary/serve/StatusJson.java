package io.tributary.serve;

import com.google.gson.JsonArray;
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

  static JsonObject of(RunStatus status, Readiness readiness) {
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
    json.add("ready", readiness.json());
    json.addProperty("started_at", status.startedAt().toString());
    json.addProperty("step", status.step());
    json.addProperty("sequences", status.sequences());
    json.add("steps_per_second", number(status.rates().stepsPerSecond()));
    json.add("sequences_per_second", number(status.rates().sequencesPerSecond()));
    json.add("stages", stages(status.loads()));
    Bottleneck bottleneck = Bottleneck.of(status);
    json.addProperty("bottleneck", bottleneck.word());
    json.addProperty("bottleneck_advice", bottleneck.sentence());
    json.addProperty("policy_version", status.versions().policy());
    json.addProperty("proposal_version", status.versions().proposal());
    JsonObject samplers = new JsonObject();
    new TreeMap<>(status.versions().samplers()).forEach(samplers::addProperty);
    json.add("sampler_proposal_version", samplers);
    json.add("feature_target", numbers(status.featureTargets()));
    JsonArray checkpoints = new JsonArray();
    status.checkpoints().forEach(checkpoint -> checkpoints.add(checkpoint(checkpoint)));
    json.add("last_checkpoint", checkpoints.isEmpty() ? JsonNull.INSTANCE : checkpoints.get(0));
    json.add("checkpoints", checkpoints);
    MetricsJsonl.json(status.measurements()).entrySet().stream()
        .filter(measurement -> !json.has(measurement.getKey()))
        .toList()
        .forEach(measurement -> json.add(measurement.getKey(), measurement.getValue()));
    return json;
  }

  private static JsonObject stages(Map<String, RunStatus.Load> loads) {
    JsonObject json = new JsonObject();
    new TreeMap<>(loads).forEach((stage, load) -> json.add(stage, stage(load)));
    return json;
  }

  private static JsonObject stage(RunStatus.Load load) {
    JsonObject json = new JsonObject();
    json.addProperty("workers", load.workers());
    json.addProperty("waiting_sequences", load.waitingSequences());
    json.addProperty("inflight_sequences", load.inflightSequences());
    json.add("busy_seconds_total", number(load.busySeconds()));
    json.add("blocked_seconds_total", numbers(load.blockedSeconds()));
    json.add("busy_ratio", number(load.busyRatio()));
    json.add("blocked_ratio", numbers(load.blockedRatios()));
    return json;
  }

  private static JsonObject numbers(Map<String, Double> values) {
    JsonObject json = new JsonObject();
    new TreeMap<>(values).forEach((name, value) -> json.add(name, number(value)));
    return json;
  }

  private static JsonObject checkpoint(RunStatus.Checkpoint checkpoint) {
    JsonObject json = new JsonObject();
    json.addProperty("step", checkpoint.step());
    json.addProperty("written_at", checkpoint.writtenAt().toString());
    json.addProperty("bytes", checkpoint.bytes());
    json.add("kl_nats_p_pi", number(checkpoint.divergence()));
    json.addProperty("best", checkpoint.best());
    return json;
  }

  private static JsonElement number(double value) {
    return Double.isFinite(value) ? MetricsJsonl.number(value) : JsonNull.INSTANCE;
  }
}
