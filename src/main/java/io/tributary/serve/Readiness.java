package io.tributary.serve;

import io.tributary.data.ServiceState;
import io.tributary.protocol.RunStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether the service does its work: at least one sampler has confirmed the current proposal, and
 * the learner is not stuck on a batch.
 *
 * @param ready whether it does
 * @param reasons why it does not; empty if ready
 */
record Readiness(boolean ready, List<String> reasons) {

  Readiness {
    reasons = List.copyOf(reasons);
  }

  /**
   * The readiness of a run with this status.
   *
   * @param stallTimeout a learner is stalled if it holds a batch and has shown no progress for
   *     longer
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
    return new Readiness(reasons.isEmpty(), reasons);
  }
}
