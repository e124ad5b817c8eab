package io.tributary.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BaselineLevelsTest {

  @Test
  void theMeanOfTheOthersLeavesTheSequenceItselfOut() {
    assertThat(BaselineLevels.ofOthers(new double[] {1, 4, -2, 7}))
        .containsExactly(new double[] {3, 2, 4, 1}, within(1e-15));
    assertThat(BaselineLevels.ofOthers(new double[] {5})).containsExactly(0);
    assertThat(BaselineLevels.ofOthers(new double[0])).isEmpty();
  }

  @Test
  void aHugeSignalDoesNotBlurTheMeanOfTheOthers() {
    assertThat(BaselineLevels.ofOthers(new double[] {1, 1e30, 2})).startsWith(5e29, 1.5);
    assertThat(BaselineLevels.ofOthers(new double[] {1, Double.NaN, 2})[1]).isEqualTo(1.5);
  }
}
