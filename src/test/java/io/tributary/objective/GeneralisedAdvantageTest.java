package io.tributary.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GeneralisedAdvantageTest {
  private static final double[] REWARDS = {1, 0, 2};
  private static final double[] VALUES = {0.5, 1, -1};

  @Test
  void everyTokenPaysForItsDivergenceAndTheLastOneIsRewarded() {
    double[] logPolicies = {-1, -2, -0.5};
    double[] logBases = {-1.5, -2, -0.25};
    double[] rewards = GeneralisedAdvantage.rewards(logPolicies, logBases, 0.1, 3);
    assertThat(rewards).containsExactly(new double[] {-0.05, 0, 3.025}, within(1e-12));
    // r(x) - beta log( pi(x)/a(x) ) = 3 - 0.1 (-3.5 + 3.75)
    assertThat(rewards[0] + rewards[1] + rewards[2]).isEqualTo(2.975, within(1e-12));
  }

  @Test
  void advantagesOfThreeTokensByHand() {
    // delta_2 = 2 - (-1) = 3; delta_1 = 0 + 0.9 (-1) - 1 = -1.9; delta_0 = 1 + 0.9 (1) - 0.5 = 1.4
    double[] advantages = new GeneralisedAdvantage(0.9, 0.5).advantages(REWARDS, VALUES);
    double[] byHand = {1.4 + 0.45 * (-1.9 + 0.45 * 3), -1.9 + 0.45 * 3, 3};
    assertThat(byHand).containsExactly(new double[] {1.1525, -0.55, 3}, within(1e-12));
    assertThat(advantages).containsExactly(byHand, within(1e-12));
    assertThat(GeneralisedAdvantage.returns(advantages, VALUES))
        .containsExactly(new double[] {1.6525, 0.45, 2}, within(1e-12));
  }

  @Test
  void withoutLambdaAnAdvantageIsTheResidualOfOneStep() { // Eq. (17)
    assertThat(new GeneralisedAdvantage(0.9, 0).advantages(REWARDS, VALUES))
        .containsExactly(new double[] {1.4, -1.9, 3}, within(1e-12));
  }

  @Test
  void withLambdaOneAnAdvantageIsTheRewardsToComeLessTheValue() { // Eq. (18)
    GeneralisedAdvantage estimator = new GeneralisedAdvantage(0.9, 1);
    double[] toCome = {1 + 0.81 * 2, 0.9 * 2, 2};
    double[] advantages = estimator.advantages(REWARDS, VALUES);
    for (int t = 0; t < 3; t++) {
      assertThat(advantages[t]).isEqualTo(toCome[t] - VALUES[t], within(1e-12));
    }
    assertThat(GeneralisedAdvantage.returns(advantages, VALUES))
        .containsExactly(toCome, within(1e-12));
  }

  @Test
  void theRecursionIsTheSumOfDiscountedResiduals() { // Eq. (16)
    Random random = new Random(3);
    double[] rewards = random.doubles(12).map(u -> u - 0.5).toArray();
    double[] values = random.doubles(12).map(u -> 3 * u).toArray();
    double gamma = 0.97;
    double lambda = 0.8;
    double[] advantages = new GeneralisedAdvantage(gamma, lambda).advantages(rewards, values);
    for (int t = 0; t < 12; t++) {
      double sum = 0;
      for (int l = 0; t + l < 12; l++) {
        double next = t + l + 1 < 12 ? values[t + l + 1] : 0;
        sum += Math.pow(gamma * lambda, l) * (rewards[t + l] + gamma * next - values[t + l]);
      }
      assertThat(advantages[t]).isEqualTo(sum, within(1e-12));
    }
  }

  @Test
  void whitenedAdvantagesOfAllTokensHaveMeanZeroAndVarianceOne() {
    List<double[]> whitened =
        GeneralisedAdvantage.whitened(List.of(new double[] {1, 2, 3}, new double[] {6}));
    // mean 3, variance (4 + 1 + 0 + 9) / 4 = 3.5
    double deviation = Math.sqrt(3.5 + 1e-8);
    assertThat(whitened.get(0))
        .containsExactly(new double[] {-2 / deviation, -1 / deviation, 0}, within(1e-12));
    assertThat(whitened.get(1)).containsExactly(new double[] {3 / deviation}, within(1e-12));
    assertThat(whitened.stream().flatMapToDouble(Arrays::stream).sum()).isEqualTo(0, within(1e-12));
    assertThat(GeneralisedAdvantage.whitened(List.of(new double[] {5, 5})).get(0))
        .containsExactly(0, 0);
  }

  @Test
  void rewardsAndValuesRunOverTheSameTokens() {
    assertThatThrownBy(() -> new GeneralisedAdvantage(1, 1).advantages(REWARDS, new double[2]))
        .hasMessageContaining("lengths 3 and 2");
  }
}
