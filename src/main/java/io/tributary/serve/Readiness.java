package io.tributary.serve;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.tributary.data.ServiceState;
import io.tributary.protocol.RunStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether the service does its work: at least one sampler has confirmed the current proposal, and
 * the learner is not stuck on a batch.
 *
 * @param reasons why not; empty when ready
 */
record Readiness(List<String> reasons) {

  Readiness {
    reasons = List.copyOf(reasons);
  }

  boolean ready() {
    return reasons.isEmpty();
  }

  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("ready", ready());
    JsonArray array = new JsonArray();
    reasons.forEach(array::add);
    json.add("reasons", array);
    return json;
  }

  /**
   * Judges a status.
   *
   * @param stallTimeout a learner that holds a batch and shows no progress for longer is stalled
   */
  static Readiness of(RunStatus status, Duration stallTimeout) {
    List<String> reasons = new ArrayList<>();
    if (status.state() == ServiceState.DRAINING || status.state() == ServiceState.FAILED) {
      reasons.add("the service is " + status.state());
    }
    if (status.versions().confirmed() == 0) {
      reasons.add(
          "no sampler has confirmed the current proposal, version " + status.versions().proposal());
    }
    Duration silence = status.learnerSilence();
    if (silence != null && silence.compareTo(stallTimeout) > 0) {
      reasons.add(
          "neither the learner nor the evaluator that it waits for has shown progress for %d s"
              .formatted(silence.toSeconds()));
    }
    return new Readiness(reasons);
  }
}
