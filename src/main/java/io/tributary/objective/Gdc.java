package io.tributary.objective;

import java.util.Arrays;

/**
 * Distributional policy gradients without a baseline: c = P/q, the off-policy form of Eq. (5),
 * Korbak et al. 2022, arXiv:2206.00761; KL-adaptive where the proposal is replaced by that
 * criterion, DPG itself where every step replaces it.
 *
 * @param normaliseByZ whether c is divided by Z, so that one threshold of gradient clipping serves
 *     rare and frequent constraints
 */
public record Gdc(boolean normaliseByZ) implements Objective {

  /** S = P/q = exp(log w), in the unit of P (a probability). */
  @Override
  public double[] signals(BatchValues rows) {
    return Arrays.stream(rows.logWeights()).map(Math::exp).toArray();
  }

  /** b = 0. */
  @Override
  public double[] levels(BatchValues batch) {
    return new double[batch.size()];
  }

  /** c = P/q, or p/q = exp(log w - log Z). */
  @Override
  public double[] coefficients(BatchValues rows, double[] levels) {
    double logUnit = normaliseByZ && rows.z().isKnown() ? rows.z().logZ() : 0;
    return Arrays.stream(rows.logWeights()).map(logW -> Math.exp(logW - logUnit)).toArray();
  }

  @Override
  public boolean needsGradientAtZeroWeight() {
    return false;
  }
}
