package io.tributary.objective;

import io.tributary.config.objective.ObjectiveConfig.Divergence;
import io.tributary.objective.estimate.LogSpace;

/**
 * f-DPG: follows - grad D_f(pi, p) with c = - v (f'(t) - B), t = pi/p = Z pi/P (Go et al. 2023,
 * arXiv:2302.08215), where D_f(pi, p) = E_p[ f(t) ] + f'(infinity) pi({p = 0}).
 *
 * <p>Its coefficients have no unit. While no positive weight has been seen, p is unknown and all of
 * them are 0.
 *
 * @param divergence the one to minimise
 * @param baseline whether a baseline is subtracted: the leave-one-out mean or, for the forward KL,
 *     the exact mean
 */
public record FDivergence(Divergence divergence, boolean baseline) implements Objective {

  /** S = - v f'(t). */
  @Override
  public double[] signals(BatchValues rows) {
    double[] logPolicyRatios = rows.logPolicyRatios();
    double[] signals = new double[rows.size()];
    for (int j = 0; rows.z().isKnown() && j < signals.length; j++) {
      signals[j] = signal(rows.logWeights()[j] - rows.z().logZ(), logPolicyRatios[j]);
    }
    return signals;
  }

  /**
   * - v f'(t) of one sequence, with the limit of f' where P = 0 and t is infinite.
   *
   * @param logTargetRatio log(p/q); minus infinity where P = 0
   * @param logPolicyRatio log v
   */
  private double signal(double logTargetRatio, double logPolicyRatio) {
    double v = Math.exp(logPolicyRatio);
    double logT = logPolicyRatio - logTargetRatio;
    return switch (divergence) {
      case FORWARD_KL -> Math.exp(logTargetRatio); // f = - log t, - v f' = v/t = p/q
      case REVERSE_KL -> LogSpace.weigh(-v, logT + 1); // f = t log t
      case TOTAL_VARIATION -> LogSpace.weigh(-v, Math.signum(logT) / 2); // f = |t - 1|/2
      case JENSEN_SHANNON -> // f = t log t - (t + 1) log((t + 1)/2), f' = log 2 - log(1 + 1/t)
          LogSpace.weigh(-v, Math.log(2) - LogSpace.logOnePlusExp(-logT));
    };
  }

  /**
   * b = E_pi[ - f'(t) ]: 1 for the forward KL, where E_pi[p/pi] = 1; else the leave-one-out mean.
   */
  @Override
  public double[] levels(BatchValues batch) {
    if (!baseline || !batch.z().isKnown()) {
      return new double[batch.size()];
    }
    return divergence == Divergence.FORWARD_KL
        ? BaselineLevels.constant(batch.size(), 1)
        : BaselineLevels.ofOthers(signals(batch));
  }

  @Override
  public boolean comparesSequences() {
    return baseline && divergence != Divergence.FORWARD_KL;
  }
}
