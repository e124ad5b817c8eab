package io.tributary.metrics;

import java.time.Duration;

/** Reports on published weights. Thread-safe. */
public final class WeightMetrics {

  private final MetricTable table;

  WeightMetrics(MetricTable table) {
    this.table = table;
  }

  /** The policy was published under this version. */
  public void policyVersion(long version) {
    table.set(Metric.POLICY_VERSION, (double) version);
  }

  /** The proposal now has this version. */
  public void proposalVersion(long version) {
    table.set(Metric.PROPOSAL_VERSION, (double) version);
  }

  /** Learner steps since the proposal was last replaced. */
  public void proposalAge(long steps) {
    table.set(Metric.PROPOSAL_AGE_STEPS, (double) steps);
  }

  /**
   * A sampler has confirmed a version.
   *
   * @param sampler a name that a replacement inherits, so that there are never more series than
   *     samplers
   */
  public void samplerConfirmed(String sampler, long version) {
    table.set(Metric.SAMPLER_PROPOSAL_VERSION, (double) version, sampler);
  }

  /** A sampler is gone. */
  public void samplerGone(String sampler) {
    table.remove(Metric.SAMPLER_PROPOSAL_VERSION, sampler);
  }

  /** A decision on replacing the proposal by the policy was made. */
  public void decided(ProposalDecision decision) {
    table.increment(Metric.PROPOSAL_REPLACEMENTS_TOTAL, 1, decision.label());
  }

  /** Every sampler has confirmed; {@code duration} is the time since the weights were sent. */
  public void published(Duration duration) {
    table.set(Metric.WEIGHTS_PUBLISH_DURATION_SECONDS, StageMetrics.seconds(duration));
  }

  /** A delivery has failed; a wrong fingerprint also counts as a mismatch. */
  public void publishFailed(PublishFailure reason) {
    table.increment(Metric.WEIGHTS_PUBLISH_FAILURES_TOTAL, 1, reason.label());
    if (reason == PublishFailure.FINGERPRINT) {
      table.increment(Metric.WEIGHTS_FINGERPRINT_MISMATCHES_TOTAL, 1);
    }
  }
}
