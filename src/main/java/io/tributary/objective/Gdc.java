package io.tributary.objective;

import java.util.Arrays;

/**
 * KL-adaptive distributional policy gradients without a baseline: c = P/q, the off-policy form of
 * Eq. (5), Korbak et al. 2022, arXiv:2206.00761.
 *
 * @param normaliseByZ whether c is divided by Z, so that one threshold of gradient clipping serves
 *     rare and frequent constraints
 */
public record Gdc(boolean normaliseByZ) implements Objective {

  /** B = 0. */
  @Override
  public double[] baselines(double[] logPolicyRatios, PartitionFunction.Estimate z) {
    return new double[logPolicyRatios.length];
  }

  /** A = P/q = exp(log w). */
  @Override
  public double[] advantages(
      double[] logWeights, double[] logPolicyRatios, PartitionFunction.Estimate z) {
    LogSpace.requireSameLength(logWeights, logPolicyRatios);
    return Arrays.stream(logWeights).map(Math::exp).toArray();
  }

  /** c = P/q, or p/q = exp(log w - log Z). */
  @Override
  public double[] coefficients(
      double[] logWeights, double[] logPolicyRatios, PartitionFunction.Estimate z) {
    if (!normaliseByZ || !z.isKnown()) {
      return advantages(logWeights, logPolicyRatios, z);
    }
    LogSpace.requireSameLength(logWeights, logPolicyRatios);
    return Arrays.stream(logWeights).map(logW -> Math.exp(logW - z.logZ())).toArray();
  }

  @Override
  public boolean needsGradientAtZeroWeight() {
    return false;
  }
}
