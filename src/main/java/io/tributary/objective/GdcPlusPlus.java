package io.tributary.objective;

import java.util.Arrays;

/**
 * KL-adaptive distributional policy gradients with a baseline: c = P/q - Z pi/q (Algorithm 1,
 * Korbak et al. 2022, arXiv:2206.00761).
 *
 * @param normaliseByZ whether c is divided by Z, so that one threshold of gradient clipping serves
 *     rare and frequent constraints
 */
public record GdcPlusPlus(boolean normaliseByZ) implements Objective {

  /** B = Z pi/q = exp(log Z + log v) (Eq. (15), Korbak et al. 2022, arXiv:2206.00761). */
  @Override
  public double[] baselines(double[] logPolicyRatios, PartitionFunction.Estimate z) {
    return z.isKnown()
        ? Arrays.stream(logPolicyRatios).map(logV -> Math.exp(z.logZ() + logV)).toArray()
        : new double[logPolicyRatios.length];
  }

  /** A = P/q - Z pi/q (Algorithm 1, line 5). */
  @Override
  public double[] advantages(
      double[] logWeights, double[] logPolicyRatios, PartitionFunction.Estimate z) {
    return difference(logWeights, logPolicyRatios, z, 0);
  }

  /** c = P/q - Z pi/q, or p/q - pi/q. */
  @Override
  public double[] coefficients(
      double[] logWeights, double[] logPolicyRatios, PartitionFunction.Estimate z) {
    return difference(logWeights, logPolicyRatios, z, normaliseByZ && z.isKnown() ? z.logZ() : 0);
  }

  @Override
  public boolean needsGradientAtZeroWeight() {
    return true;
  }

  /** (P/q - Z pi/q) / exp(logUnit); without the second term while log Z is minus infinity. */
  private static double[] difference(
      double[] logWeights, double[] logPolicyRatios, PartitionFunction.Estimate z, double logUnit) {
    LogSpace.requireSameLength(logWeights, logPolicyRatios);
    double[] result = new double[logWeights.length];
    for (int j = 0; j < result.length; j++) {
      result[j] =
          Math.exp(logWeights[j] - logUnit) - Math.exp(z.logZ() - logUnit + logPolicyRatios[j]);
    }
    return result;
  }
}
