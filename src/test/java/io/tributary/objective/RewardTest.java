package io.tributary.objective;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.data.ScoredSequence;
import io.tributary.data.Sequence;
import org.junit.jupiter.api.Test;

class RewardTest {
  private static ScoredSequence scored(double logTarget, double... features) {
    return new ScoredSequence(
        new Sequence(0, 0, new int[] {1}, new double[] {-2}, 1), "text", features, -3, logTarget);
  }

  @Test
  void isOneIffAllHardConstraintsHold() {
    Reward reward = new Reward(new int[0], new double[0], true);
    assertThat(reward.of(scored(-3, 1, 0))).isEqualTo(1);
    assertThat(reward.of(scored(Double.NEGATIVE_INFINITY, 1, 0))).isZero();
  }

  @Test
  void isTheWeightedSumOfTheNamedFeatures() {
    Reward reward = new Reward(new int[] {2, 0}, new double[] {0.5, -1}, false);
    assertThat(reward.of(scored(Double.NEGATIVE_INFINITY, 1, 7, 4))).isEqualTo(1);
  }

  @Test
  void isUndefinedWithoutTermsAndHardConstraints() {
    assertThat(new Reward(new int[0], new double[0], false).of(scored(-3, 1))).isNaN();
  }
}
