package io.tributary.objective;

import io.tributary.objective.estimate.LogSpace;

/**
 * KL-control by policy gradients: follows grad E_pi[ r - beta log(pi/a) ] with c = v (r - beta
 * log(pi/a) - b) (Eq. (2), Korbak et al. 2022, arXiv:2206.00761). That is - beta grad KL(pi||p_z)
 * of the target p_z(x) ~ a(x) exp(r(x)/beta) (Theorem 1, Eq. (9) and (10)).
 *
 * <p>v = pi/q is 1 where q = pi; for sequences that are some steps old, it makes the expected
 * gradient that of the current policy.
 *
 * @param beta weight of log(pi/a), in units of the reward per nat
 * @param baseline whether the leave-one-out mean is subtracted
 */
public record KlControl(double beta, boolean baseline) implements Objective {

  /** S = v (r - beta log(pi/a)). */
  @Override
  public double[] signals(BatchValues rows) {
    double[] signals = rows.logPolicyRatios();
    for (int j = 0; j < signals.length; j++) {
      double penalty = beta * (rows.logPolicies()[j] - rows.logBases()[j]);
      signals[j] = LogSpace.weigh(Math.exp(signals[j]), rows.rewards()[j] - penalty);
    }
    return signals;
  }

  /** b = the leave-one-out mean. */
  @Override
  public double[] levels(BatchValues batch) {
    return baseline ? BaselineLevels.ofOthers(signals(batch)) : new double[batch.size()];
  }

  @Override
  public boolean comparesSequences() {
    return baseline;
  }
}
