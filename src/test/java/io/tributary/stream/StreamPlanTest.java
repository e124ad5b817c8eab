package io.tributary.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamPlanTest {
  @ParameterizedTest
  @CsvSource({
    "-1, 0, 4, 8, 0, 0.1, 'got -1, 0, 0'",
    "0, -2, 4, 8, 0, 0.1, 'got 0, -2, 0'",
    "0, 0, 4, 8, -3, 0.1, 'got 0, 0, -3'",
    "0, 0, 0, 8, 0, 0.1, 'batches of 8 and draws of 0'",
    "0, 0, 4, 6, 0, 0.1, 'batches of 6 and draws of 4'",
    "0, 0, 4, 0, 0, 0.1, 'batches of 0 and draws of 4'",
    "0, 0, 4, 8, 0, 1.5, 'from 0 to 1, got 1.5'",
    "0, 0, 4, 8, 0, NaN, 'from 0 to 1, got NaN'",
  })
  void anImpossiblePlanIsRefused(
      long first,
      int bootstrap,
      int draw,
      int batch,
      int staleness,
      double dropRate,
      String message) {
    assertThatThrownBy(() -> new StreamPlan(first, bootstrap, draw, batch, staleness, dropRate, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void anotherBoundOnStalenessAdmitsDrawsEarlier() {
    StreamPlan plan = new StreamPlan(5, 2, 4, 8, 0, 0.1, 1);
    assertThat(plan.admits(8, 0, 0)).isTrue();
    assertThat(plan.admits(9, 0, 0)).as("of the second batch").isFalse();
    assertThat(plan.withMaxStalenessSteps(1).admits(9, 0, 0)).isTrue();
    assertThat(plan.withMaxStalenessSteps(1).admits(11, 0, 0)).isFalse();
  }
}
