package io.tributary.stage.learn;

import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.objective.estimate.BestPolicy;
import io.tributary.objective.estimate.HeldOut;
import io.tributary.objective.estimate.HeldOut.Standing;
import io.tributary.objective.estimate.PointEstimate;

/** What held-out sequences tell about the policy at its publication, and about the proposal. */
final class PublicationMeasurements {
  private PublicationMeasurements() {}

  /**
   * @param policy the one just published
   * @param proposal the current one, which the policy may have become
   * @param best so far, this policy included
   */
  static Measurements of(
      HeldOut heldOut,
      Standing policy,
      Standing proposal,
      BestPolicy best,
      PartitionFunctionEstimate z) {
    PointEstimate kl = heldOut.klTargetPolicy(policy, z);
    PointEstimate rise = heldOut.klDifference(policy, best.standing());
    return new Measurements()
        .put(Metric.HELD_OUT_KL_NATS, kl.value())
        .put(Metric.HELD_OUT_KL_STDERR_NATS, kl.standardError())
        .put(Metric.HELD_OUT_RISE_NATS, rise.value())
        .put(Metric.HELD_OUT_RISE_STDERR_NATS, rise.standardError())
        .put(Metric.HELD_OUT_BEST_STEP, (double) best.step())
        .put(Metric.POLICY_LOSING_TARGET, best.lost() ? 1 : 0)
        .put(
            Metric.PROPOSAL_EFFECTIVE_SAMPLE_SIZE_RATIO,
            heldOut.effectiveSampleSizeRatio(proposal, z))
        .put(Metric.PROPOSAL_MISSED_RATIO, heldOut.missedShare(proposal, z))
        .put(Metric.PROPOSAL_GUIDE_NATS, proposal.guideStrength());
  }
}
