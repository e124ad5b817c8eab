package io.tributary.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.config.OptimizerConfig.Schedule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LearningRateTest {
  @ParameterizedTest
  @EnumSource
  void risesInAStraightLineDuringTheWarmUp(Schedule schedule) {
    LearningRate rate = new LearningRate(0.8, 4, schedule, 14);
    assertThat(rate.at(0)).isCloseTo(0.2, within(1e-15));
    assertThat(rate.at(1)).isCloseTo(0.4, within(1e-15));
    assertThat(rate.at(3)).isEqualTo(0.8);
    assertThat(rate.at(4)).isEqualTo(0.8);
  }

  @Test
  void staysWhereTheScheduleIsConstant() {
    assertThat(new LearningRate(0.8, 4, Schedule.CONSTANT, 0).at(1_000_000)).isEqualTo(0.8);
  }

  @Test
  void fallsToZeroAtTheLastStep() {
    LearningRate linear = new LearningRate(0.8, 4, Schedule.LINEAR, 14);
    assertThat(linear.at(9)).isCloseTo(0.4, within(1e-15));
    assertThat(linear.at(14)).isZero();
    assertThat(linear.at(15)).isZero();
    LearningRate cosine = new LearningRate(0.8, 4, Schedule.COSINE, 12);
    assertThat(cosine.at(6)).isCloseTo(0.4 * (1 + Math.sqrt(0.5)), within(1e-15));
    assertThat(cosine.at(8)).isCloseTo(0.4, within(1e-15));
    assertThat(cosine.at(12)).isZero();
  }

  @Test
  void aWarmUpAsLongAsTheScheduleIsRefused() {
    assertThatThrownBy(() -> new LearningRate(0.8, 4, Schedule.COSINE, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 steps");
  }
}
