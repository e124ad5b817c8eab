package io.tributary.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamPlanTest {
  @ParameterizedTest
  @CsvSource({
    "-1, 4, 8, 0, 0.1, 'got -1, 0'",
    "0, 4, 8, -3, 0.1, 'got 0, -3'",
    "0, 0, 8, 0, 0.1, 'batches of 8 and draws of 0'",
    "0, 4, 6, 0, 0.1, 'batches of 6 and draws of 4'",
    "0, 4, 0, 0, 0.1, 'batches of 0 and draws of 4'",
    "0, 4, 8, 0, 1.5, 'from 0 to 1, got 1.5'",
    "0, 4, 8, 0, NaN, 'from 0 to 1, got NaN'",
  })
  void anImpossiblePlanIsRefused(
      long first, int draw, int batch, int staleness, double dropRate, String message) {
    assertThatThrownBy(
            () -> new StreamPlan(first, BootstrapPlan.NONE, draw, batch, staleness, dropRate, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void anotherBoundOnStalenessAdmitsDrawsEarlier() {
    StreamPlan plan = new StreamPlan(5, BootstrapPlan.of(2), 4, 8, 0, 0.1, 1);
    long due = plan.firstDue();
    assertThat(due).isEqualTo((5 + 2) * 4);
    assertThat(plan.admits(6, due)).isTrue();
    assertThat(plan.admits(7, due)).as("of the first batch").isFalse();
    assertThat(plan.withMaxStalenessSteps(1).admits(8, due)).isTrue();
    assertThat(plan.withMaxStalenessSteps(1).admits(9, due)).isFalse();
  }

  @Test
  void aBootstrapOfNegativeSizeIsRefused() {
    assertThatThrownBy(() -> new BootstrapPlan(2, 4, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got 2, 4, -1");
  }
}
