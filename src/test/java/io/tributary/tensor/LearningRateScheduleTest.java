package io.tributary.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.config.Schedule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LearningRateScheduleTest {

  @ParameterizedTest
  @EnumSource
  void warmUpRisesInAStraightLineFromItsFirstPart(Schedule schedule) {
    LearningRateSchedule rates = new LearningRateSchedule(0.8, schedule, 4, 24);
    assertThat(rates.rate(0)).isEqualTo(0.2, within(1e-15));
    assertThat(rates.rate(1)).isEqualTo(0.4, within(1e-15));
    assertThat(rates.rate(2)).isEqualTo(0.6, within(1e-15));
    assertThat(rates.rate(3)).isEqualTo(0.8);
    assertThat(rates.rate(4)).isEqualTo(0.8);
  }

  @Test
  void theConstantOneStaysWhateverTheNumberOfSteps() {
    LearningRateSchedule rates = new LearningRateSchedule(1.41e-5, Schedule.CONSTANT, 100, 0);
    assertThat(rates.rate(100)).isEqualTo(1.41e-5);
    assertThat(rates.rate(1_000_000)).isEqualTo(1.41e-5);
  }

  @Test
  void theLinearOneFallsToZeroAtTheEndAndStaysThere() {
    LearningRateSchedule rates = new LearningRateSchedule(2, Schedule.LINEAR, 10, 30);
    assertThat(rates.rate(15)).isEqualTo(1.5, within(1e-15));
    assertThat(rates.rate(20)).isEqualTo(1, within(1e-15));
    assertThat(rates.rate(29)).isEqualTo(0.1, within(1e-15));
    assertThat(rates.rate(30)).isZero();
    assertThat(rates.rate(31)).isZero();
  }

  @Test
  void theCosineFallsToZeroAlongHalfAWave() {
    LearningRateSchedule rates = new LearningRateSchedule(2, Schedule.COSINE, 0, 12);
    assertThat(rates.rate(0)).isEqualTo(2);
    assertThat(rates.rate(4)).isEqualTo(1.5, within(1e-15)); // (1 + cos 60 degrees) / 2 of 2
    assertThat(rates.rate(6)).isEqualTo(1, within(1e-15));
    assertThat(rates.rate(8)).isEqualTo(0.5, within(1e-15));
    assertThat(rates.rate(12)).isZero();
    assertThat(rates.rate(100)).isZero();
  }

  @Test
  void aFallWithoutAnEndBehindTheWarmUpIsRefused() {
    assertThatThrownBy(() -> new LearningRateSchedule(1, Schedule.LINEAR, 10, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("10");
    assertThatThrownBy(() -> new LearningRateSchedule(Double.NaN, Schedule.CONSTANT, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> new LearningRateSchedule(1, Schedule.CONSTANT, -1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
  }
}
