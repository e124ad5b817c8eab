package io.tributary.objective;

import java.util.Arrays;

/**
 * Distributional policy gradients with a baseline: c = P/q - Z pi/q (Algorithm 1, Korbak et al.
 * 2022, arXiv:2206.00761); KL-adaptive where the proposal is replaced by that criterion, DPG itself
 * where every step replaces it.
 *
 * @param normaliseByZ whether c is divided by Z, so that one threshold of gradient clipping serves
 *     rare and frequent constraints
 */
public record GdcPlusPlus(boolean normaliseByZ) implements Objective {

  /** S = P/q = exp(log w), in the unit of P (a probability). */
  @Override
  public double[] signals(BatchValues rows) {
    return Arrays.stream(rows.logWeights()).map(Math::exp).toArray();
  }

  /** b = Z = E_q[P/q] (Eq. (13), Korbak et al. 2022, arXiv:2206.00761), from earlier batches. */
  @Override
  public double[] levels(BatchValues batch) {
    double[] levels = new double[batch.size()];
    Arrays.fill(levels, batch.z().value());
    return levels;
  }

  /** B = Z pi/q = exp(log Z + log v) (Eq. (15), Korbak et al. 2022, arXiv:2206.00761). */
  @Override
  public double[] baselines(BatchValues rows, double[] levels) {
    double[] baselines = rows.logPolicyRatios();
    Arrays.setAll(
        baselines, j -> rows.z().isKnown() ? Math.exp(rows.z().logZ() + baselines[j]) : 0);
    return baselines;
  }

  /** c = P/q - Z pi/q (Algorithm 1, line 5), or p/q - pi/q. */
  @Override
  public double[] coefficients(BatchValues rows, double[] levels) {
    double logZ = rows.z().logZ();
    if (!normaliseByZ || !rows.z().isKnown()) {
      return advantages(rows, levels);
    }
    double[] logPolicyRatios = rows.logPolicyRatios();
    double[] c = new double[rows.size()];
    Arrays.setAll(c, j -> Math.exp(rows.logWeights()[j] - logZ) - Math.exp(logPolicyRatios[j]));
    return c;
  }
}
