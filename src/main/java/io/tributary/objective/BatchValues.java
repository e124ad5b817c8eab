package io.tributary.objective;

import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.objective.estimate.LogSpace;
import java.util.Arrays;

/**
 * What an objective is computed from: values of the N sequences of a batch, or of some rows of it.
 * NaN in log pi is passed on, so that a diverged policy shows.
 *
 * @param logWeights (N), log w = log P - log q in nats; minus infinity where P(x) = 0
 * @param logProposals (N), log q in nats, each under the proposal that its sequence was drawn from
 * @param logPolicies (N), log pi in nats
 * @param logBases (N), log a in nats
 * @param rewards (N), r(x)
 * @param estimates from the batches before
 */
public record BatchValues(
    double[] logWeights,
    double[] logProposals,
    double[] logPolicies,
    double[] logBases,
    double[] rewards,
    RunningEstimates estimates) {
  public BatchValues {
    LogSpace.requireSameLength(logWeights, logProposals);
    LogSpace.requireSameLength(logWeights, logPolicies);
    LogSpace.requireSameLength(logWeights, logBases);
    LogSpace.requireSameLength(logWeights, rewards);
  }

  /** Number of sequences. */
  public int size() {
    return logWeights.length;
  }

  /** (N), log v = log pi - log q in nats. */
  public double[] logPolicyRatios() {
    return LogSpace.minus(logPolicies, logProposals);
  }

  /** The estimate of Z from the sequences before this batch. */
  public PartitionFunctionEstimate z() {
    return estimates.z();
  }

  /**
   * Some of the sequences, with log pi of another pass.
   *
   * @param rows (n), indices of the sequences
   * @param logPolicies (n), log pi of these sequences in nats
   */
  public BatchValues rows(int[] rows, double[] logPolicies) {
    return new BatchValues(
        pick(logWeights, rows),
        pick(logProposals, rows),
        logPolicies,
        pick(logBases, rows),
        pick(rewards, rows),
        estimates);
  }

  /** (n), the elements at these indices. */
  public static double[] pick(double[] values, int[] rows) {
    return Arrays.stream(rows).mapToDouble(row -> values[row]).toArray();
  }
}
