package io.tributary.stage.learn;

import io.tributary.data.Measurements;
import io.tributary.objective.BatchValues;
import io.tributary.objective.Objective;
import io.tributary.objective.estimate.Diagnostics;
import io.tributary.objective.estimate.Divergences;
import io.tributary.objective.estimate.Moments;
import io.tributary.objective.estimate.PartitionFunction;
import io.tributary.stage.learn.update.BatchArrays;
import java.util.List;

/** What every training batch tells for free, since log pi is known before the update. */
public final class StepMeasurements {
  private final List<String> features;

  /**
   * @param features names of the target's features, in their order
   */
  public StepMeasurements(List<String> features) {
    this.features = List.copyOf(features);
  }

  /**
   * Measures a batch.
   *
   * @param values the same batch with log pi before the update and without dropout, and with the
   *     estimate of Z that it was learned with, which does not hold the batch
   * @param after the estimate of Z that does
   */
  public Measurements of(
      BatchArrays batch,
      BatchValues values,
      Objective objective,
      PartitionFunction.Estimate after) {
    PartitionFunction.Estimate z = values.z();
    double[] logWeights = values.logWeights();
    double[] logRatios = values.logPolicyRatios();
    Measurements measured = new Measurements();
    measured
        .put("partition_function", after.isKnown() ? after.value() : Double.NaN)
        .put("partition_function_stderr", after.standardError());
    Divergences.klTargetPolicy(logWeights, logRatios, z).putKl(measured, "p_pi");
    Divergences.klTargetProposal(logWeights, z).putKl(measured, "p_q");
    Divergences.klPolicyBase(logRatios, values.logPolicies(), values.logBases())
        .putKl(measured, "pi_a");
    measured
        .put(
            "total_variation",
            Divergences.tvdTargetPolicy(logWeights, logRatios, z).value(),
            "p_pi")
        .put("total_variation", Divergences.tvdTargetProposal(logWeights, z).value(), "p_q");
    for (int i = 0; i < features.size(); i++) {
      double[] phi = batch.feature(i);
      Moments.ofPolicy(logRatios, phi).putMoment(measured, features.get(i), "pi");
      Moments.ofSamples(phi).putMoment(measured, features.get(i), "q");
    }
    double[] levels = objective.levels(values);
    double[] advantages = objective.advantages(values, levels);
    return measured
        .put("advantage_mean", Diagnostics.mean(advantages))
        .put("advantage_variance", Diagnostics.variance(advantages))
        .put("advantage_abs_mean", Diagnostics.meanAbsolute(advantages))
        .put("baseline_mean", Diagnostics.mean(objective.baselines(values, levels)))
        .put("reward_mean", Moments.ofPolicy(logRatios, values.rewards()).value())
        .put("effective_sample_size_ratio", Diagnostics.effectiveSampleSizeRatio(logWeights), "p_q")
        .put("effective_sample_size_ratio", Diagnostics.effectiveSampleSizeRatio(logRatios), "pi_q")
        .put("max_weight_share_ratio", Diagnostics.maxWeightShare(logWeights));
  }
}
