package io.tributary.objective.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RunningMomentsTest {

  /** Such as those of a checkpoint that was tampered with. */
  @Test
  void whatCanNotBeTheMomentsOfNumbersIsRefused() {
    List<ThrowingCallable> impossible =
        List.of(
            () -> new RunningMoments(-1, 0, 0, 0, 0, 0, 0),
            () -> new RunningMoments(1, -1, 1, 1, 0, 0, 0),
            () -> new RunningMoments(1, 2, 1, 1, 0, 0, 0),
            () -> new RunningMoments(1, 1, -1, 1, 0, 0, 0),
            () -> new RunningMoments(1, 1, 1, -1, 0, 0, 0),
            () -> new RunningMoments(1, 1, 1, 1, 0, 0, -1),
            () -> new RunningMoments(1, 1, 1, 1, Double.NaN, 0, 0),
            () -> new RunningMoments(1, 1, 1, 1, 0, Double.POSITIVE_INFINITY, 0));
    for (ThrowingCallable each : impossible) {
      assertThatThrownBy(each)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("not the moments of numbers: count ");
    }
  }

  @Test
  void thereIsNoMeanOfNoNumbers() {
    assertThat(PointEstimate.mean(new double[0]).isPresent()).isFalse();
    assertThat(PointEstimate.mean(new double[] {1, 3}).value()).isEqualTo(2);
  }
}
