package io.tributary.objective;

import java.util.Arrays;

/**
 * Distributional policy gradients with a baseline, GDC++: c = P/q - Z pi/q (Algorithm 1, Korbak et
 * al. 2022, arXiv:2206.00761), or without, GDC: c = P/q (the off-policy form of Eq. (5)). They are
 * KL-adaptive where the proposal is replaced by that criterion, and DPG itself where every step
 * replaces it.
 *
 * @param baseline whether Z pi/q is subtracted
 * @param normaliseByZ whether c is divided by Z, so that one threshold of gradient clipping serves
 *     rare and frequent constraints
 */
public record Gdc(boolean baseline, boolean normaliseByZ) implements Objective {

  /** S = P/q = exp(log w), in the unit of P (a probability). */
  @Override
  public double[] signals(BatchValues rows) {
    return Arrays.stream(rows.logWeights()).map(Math::exp).toArray();
  }

  /** b = Z = E_q[P/q] (Eq. (13), Korbak et al. 2022, arXiv:2206.00761), from earlier batches. */
  @Override
  public double[] levels(BatchValues batch) {
    return BaselineLevels.constant(batch.size(), baseline ? batch.z().value() : 0);
  }

  /** B = Z pi/q = exp(log Z + log v) (Eq. (15), Korbak et al. 2022, arXiv:2206.00761). */
  @Override
  public double[] baselines(BatchValues rows, double[] levels) {
    if (!baseline) {
      return Objective.super.baselines(rows, levels);
    }
    double[] baselines = rows.logPolicyRatios();
    Arrays.setAll(
        baselines, j -> rows.z().isKnown() ? Math.exp(rows.z().logZ() + baselines[j]) : 0);
    return baselines;
  }

  /** c = P/q - Z pi/q (Algorithm 1, line 5), or p/q - pi/q; without a baseline, P/q or p/q. */
  @Override
  public double[] coefficients(BatchValues rows, double[] levels) {
    if (!normaliseByZ || !rows.z().isKnown()) {
      return advantages(rows, levels);
    }
    double logZ = rows.z().logZ();
    double[] logPolicyRatios = rows.logPolicyRatios();
    double[] c = new double[rows.size()];
    Arrays.setAll(
        c,
        j -> Math.exp(rows.logWeights()[j] - logZ) - (baseline ? Math.exp(logPolicyRatios[j]) : 0));
    return c;
  }

  @Override
  public boolean needsGradientAtZeroWeight() {
    return baseline;
  }
}
