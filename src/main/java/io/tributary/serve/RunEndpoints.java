package io.tributary.serve;

import io.tributary.data.ServiceState;
import io.tributary.metrics.MetricsJsonl;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.RunStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.jspecify.annotations.Nullable;

/**
 * Metrics, health and status of the run.
 *
 * @param stallTimeout a learner is stalled if it holds a batch and has shown no progress for longer
 */
record RunEndpoints(RunMetrics metrics, Supplier<RunStatus> status, Duration stallTimeout) {
  void addTo(Routes routes) {
    routes
        .get("/metrics", call -> Answers.metrics(metrics, call))
        .openGet("/health/live", call -> live())
        .openGet("/health/ready", call -> ready())
        .get("/status", call -> described());
  }

  /**
   * A value that is a metric too has the metric's name, as in a row of {@code metrics.jsonl}; what
   * is not known yet is null or left out.
   */
  private HttpResponse described() {
    RunStatus now = status.get();
    Bottleneck bottleneck = Bottleneck.of(now);
    Map<String, @Nullable Object> known = new LinkedHashMap<>();
    known.put("run", now.run());
    known.put("state", now.state());
    if (now.reason() != null) {
      known.put(now.state() == ServiceState.FAILED ? "failure" : "state_reason", now.reason());
    }
    if (now.concern() != null) {
      known.put("concern", now.concern());
    }
    known.put("paused", now.paused());
    known.put("ready", readiness(now));
    known.put("started_at", now.startedAt());
    known.put("step", now.step());
    known.put("sequences", now.sequences());
    known.put("steps_per_second", now.rates().stepsPerSecond());
    known.put("sequences_per_second", now.rates().sequencesPerSecond());
    known.put("stages", now.loads());
    known.put("bottleneck", bottleneck.word());
    known.put("bottleneck_advice", bottleneck.sentence());
    known.put("policy_version", now.versions().policy());
    known.put("proposal_version", now.versions().proposal());
    known.put("sampler_proposal_version", now.versions().samplers());
    known.put("feature_target", now.featureTargets());
    known.put("last_checkpoint", now.checkpoints().isEmpty() ? null : now.checkpoints().get(0));
    known.put("checkpoints", now.checkpoints());
    if (now.nodes() != null) {
      known.put("nodes", now.nodes());
    }
    MetricsJsonl.json(now.measurements()).asMap().forEach(known::putIfAbsent);
    return Answers.json(StatusCodes.OK, known);
  }

  /**
   * Whether the service does its work: at least one sampler has confirmed the current proposal, and
   * the learner is not stuck on a batch.
   *
   * @param reasons why it does not; empty if ready
   */
  private record Readiness(boolean ready, List<String> reasons) {}

  private Readiness readiness(RunStatus now) {
    List<String> reasons = new ArrayList<>();
    if (now.state() == ServiceState.DRAINING || now.state() == ServiceState.FAILED) {
      reasons.add("the service is " + now.state());
    }
    if (now.state() == ServiceState.WAITING_FOR_WORKERS && now.reason() != null) {
      reasons.add(now.reason());
    }
    if (now.versions().confirmed() == 0) {
      reasons.add(
          "no sampler has confirmed the current proposal, version " + now.versions().proposal());
    }
    Duration silence = now.learnerSilence();
    if (silence != null && silence.compareTo(stallTimeout) > 0) {
      reasons.add(
          "neither the learner nor the evaluator that it waits for has shown progress for %d s"
              .formatted(silence.toSeconds()));
    }
    return new Readiness(reasons.isEmpty(), reasons);
  }

  private record Live(boolean live, ServiceState state) {}

  private HttpResponse live() {
    ServiceState state = status.get().state();
    boolean live = state != ServiceState.FAILED;
    return Answers.json(
        live ? StatusCodes.OK : StatusCodes.SERVICE_UNAVAILABLE, new Live(live, state));
  }

  private record Ready(boolean ready, List<String> reasons, ServiceState state) {}

  private HttpResponse ready() {
    RunStatus now = status.get();
    Readiness readiness = readiness(now);
    return Answers.json(
        readiness.ready() ? StatusCodes.OK : StatusCodes.SERVICE_UNAVAILABLE,
        new Ready(readiness.ready(), readiness.reasons(), now.state()));
  }
}
