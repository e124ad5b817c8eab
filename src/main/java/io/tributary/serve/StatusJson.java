package io.tributary.serve;

import com.google.gson.JsonObject;
import io.tributary.data.Paused;
import io.tributary.data.ServiceState;
import io.tributary.io.Json;
import io.tributary.metrics.MetricsJsonl;
import io.tributary.protocol.RunStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run's status as JSON. A value that is a metric too has the metric's name, as in a row of {@code
 * metrics.jsonl}; what is not known yet is null or left out.
 */
record StatusJson(
    String run,
    ServiceState state,
    @Nullable String failure,
    Paused paused,
    Readiness ready,
    Instant startedAt,
    long step,
    long sequences,
    double stepsPerSecond,
    double sequencesPerSecond,
    Map<String, RunStatus.Load> stages,
    String bottleneck,
    String bottleneckAdvice,
    long policyVersion,
    long proposalVersion,
    Map<String, Long> samplerProposalVersion,
    Map<String, Double> featureTarget,
    RunStatus.@Nullable Checkpoint lastCheckpoint,
    List<RunStatus.Checkpoint> checkpoints) {

  static JsonObject of(RunStatus status, Readiness readiness) {
    Bottleneck bottleneck = Bottleneck.of(status);
    StatusJson known =
        new StatusJson(
            status.run(),
            status.state(),
            status.failure(),
            status.paused(),
            readiness,
            status.startedAt(),
            status.step(),
            status.sequences(),
            status.rates().stepsPerSecond(),
            status.rates().sequencesPerSecond(),
            status.loads(),
            bottleneck.word(),
            bottleneck.sentence(),
            status.versions().policy(),
            status.versions().proposal(),
            status.versions().samplers(),
            status.featureTargets(),
            status.checkpoints().isEmpty() ? null : status.checkpoints().get(0),
            status.checkpoints());
    JsonObject json = Json.of(known).getAsJsonObject();
    if (status.failure() == null) {
      json.remove("failure");
    }
    MetricsJsonl.json(status.measurements())
        .asMap()
        .forEach((name, value) -> json.asMap().putIfAbsent(name, value));
    return json;
  }
}
