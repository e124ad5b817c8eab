package io.tributary.objective.ppo;

import io.tributary.objective.estimate.LogSpace;

/**
 * Per-token rewards of a sequence under KL-control.
 *
 * <p>Their sum is the reward of Eq. (2), Korbak et al. 2022, arXiv:2206.00761: r(x) - beta log(
 * pi(x)/a(x) ).
 */
public final class TokenRewards {
  private TokenRewards() {}

  /**
   * r_t = - beta (log pi(x_t) - log a(x_t)), with r(x) added at the last token: section 2.2 of
   * Ziegler et al. 2019, arXiv:1909.08593.
   *
   * @param logPolicies (T), log pi of each token under the policy that drew the sequence, in nats
   * @param logBases (T), log a of each token in nats
   * @param beta per nat
   * @param reward r(x)
   * @return (T)
   */
  public static double[] penalised(
      double[] logPolicies, double[] logBases, double beta, double reward) {
    LogSpace.requireSameLength(logPolicies, logBases);
    double[] rewards = new double[logPolicies.length];
    for (int t = 0; t < rewards.length; t++) {
      rewards[t] = -beta * (logPolicies[t] - logBases[t]);
    }
    rewards[rewards.length - 1] += reward;
    return rewards;
  }
}
