package io.tributary.objective.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TokenRewardsTest {
  @Test
  void everyTokenPaysForItsDivergenceAndTheLastOneIsRewarded() {
    double[] logPolicies = {-1, -2, -0.5};
    double[] logBases = {-1.5, -2, -0.25};
    double[] rewards = TokenRewards.penalised(logPolicies, logBases, 0.1, 3);
    assertThat(rewards).containsExactly(new double[] {-0.05, 0, 3.025}, within(1e-12));
    // r(x) - beta log( pi(x)/a(x) ) = 3 - 0.1 (-3.5 + 3.75)
    assertThat(rewards[0] + rewards[1] + rewards[2]).isEqualTo(2.975, within(1e-12));
  }
}
