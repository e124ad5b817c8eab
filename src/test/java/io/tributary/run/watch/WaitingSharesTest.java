package io.tributary.run.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.data.ServiceState;
import io.tributary.run.watch.StepPace.WaitingShares;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaitingSharesTest {
  @ParameterizedTest
  @CsvSource({
    "0.05, 0.08, RUNNING",
    "0.05, 0.60, THROTTLED",
    "0.20, 0.60, THROTTLED",
    "0.30, 0.05, WAITING_FOR_DATA",
    "0.97, 0.98, WAITING_FOR_DATA"
  })
  void aLearnerThatMostlyWaitsIsNotWhatSamplersWaitFor(
      double learner, double samplers, ServiceState state) {
    assertThat(new WaitingShares(learner, samplers).state()).isEqualTo(state);
  }
}
