package io.tributary.stage.learn.update;

import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Label.Weight;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.objective.BatchValues;
import io.tributary.objective.Objective;
import io.tributary.objective.estimate.Diagnostics;
import io.tributary.objective.estimate.Divergences;
import io.tributary.objective.estimate.PointEstimate;
import java.util.List;

/** Measures every training batch at no extra cost, since log pi is known before the update. */
final class StepMeasurements {
  private StepMeasurements() {}

  /**
   * @param features names of the target's features, in their order
   * @param values the same batch with log pi before the update and without dropout, and with the
   *     estimate of Z that it was learned with, which excludes the batch
   * @param after the estimate of Z that includes it
   */
  static Measurements of(
      List<String> features,
      BatchArrays batch,
      BatchValues values,
      Objective objective,
      PartitionFunctionEstimate after) {
    PartitionFunctionEstimate z = values.z();
    double[] logWeights = values.logWeights();
    double[] logRatios = values.logPolicyRatios();
    Measurements measured =
        new Measurements()
            .put(Metric.PARTITION_FUNCTION, after.isKnown() ? after.value() : Double.NaN)
            .put(Metric.PARTITION_FUNCTION_STDERR, after.standardError());
    putKl(measured, Pair.P_PI, Divergences.klTargetPolicy(logWeights, logRatios, z));
    putKl(measured, Pair.P_Q, Divergences.klTargetProposal(logWeights, z));
    putKl(
        measured,
        Pair.PI_A,
        Divergences.klPolicyBase(logRatios, values.logPolicies(), values.logBases()));
    measured
        .put(
            Metric.TOTAL_VARIATION,
            Divergences.tvdTargetPolicy(logWeights, logRatios, z).value(),
            Pair.P_PI)
        .put(
            Metric.TOTAL_VARIATION, Divergences.tvdTargetProposal(logWeights, z).value(), Pair.P_Q);
    for (int i = 0; i < features.size(); i++) {
      double[] phi = batch.feature(i);
      PointEstimate ofPolicy = PointEstimate.underPolicy(logRatios, phi);
      PointEstimate ofProposal = PointEstimate.mean(phi);
      measured
          .putMoment(features.get(i), Distribution.PI, ofPolicy.value(), ofPolicy.standardError())
          .putMoment(
              features.get(i), Distribution.Q, ofProposal.value(), ofProposal.standardError());
    }
    double[] levels = objective.levels(values);
    double[] advantages = objective.advantages(values, levels);
    return measured
        .put(Metric.ADVANTAGE_MEAN, Diagnostics.mean(advantages))
        .put(Metric.ADVANTAGE_VARIANCE, Diagnostics.variance(advantages))
        .put(Metric.ADVANTAGE_ABS_MEAN, Diagnostics.meanAbsolute(advantages))
        .put(Metric.BASELINE_MEAN, Diagnostics.mean(objective.baselines(values, levels)))
        .put(Metric.REWARD_MEAN, PointEstimate.underPolicy(logRatios, values.rewards()).value())
        .put(
            Metric.EFFECTIVE_SAMPLE_SIZE_RATIO,
            Diagnostics.effectiveSampleSizeRatio(logWeights),
            Weight.P_Q)
        .put(
            Metric.EFFECTIVE_SAMPLE_SIZE_RATIO,
            Diagnostics.effectiveSampleSizeRatio(logRatios),
            Weight.PI_Q)
        .put(Metric.MAX_WEIGHT_SHARE_RATIO, Diagnostics.maxWeightShare(logWeights));
  }

  private static void putKl(Measurements measured, Pair pair, PointEstimate kl) {
    measured.putKl(pair, kl.value(), kl.standardError());
  }
}
