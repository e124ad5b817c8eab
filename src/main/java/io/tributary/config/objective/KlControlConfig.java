package io.tributary.config.objective;

import io.tributary.config.binding.Require;
import java.util.List;

/**
 * KL-control as a target: P(x) = a(x) exp(r(x) / beta) (Eq. (9), Korbak et al. 2022,
 * arXiv:2206.00761).
 *
 * @param beta weight of KL(pi||a) against the reward
 * @param reward r(x), at least one term
 */
public record KlControlConfig(double beta, List<RewardTerm> reward) {
  public KlControlConfig {
    reward = List.copyOf(reward);
    Require.positive("beta", beta);
    Require.that(!reward.isEmpty(), "reward", "[]", "a list of at least one feature");
  }
}
