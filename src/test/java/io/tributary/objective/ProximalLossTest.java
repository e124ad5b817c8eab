package io.tributary.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProximalLossTest {
  private static final ProximalLoss LOSS = new ProximalLoss(0.2, 0.2);

  /** Figure 1 of arXiv:1707.06347: L^CLIP of one term for a positive and a negative advantage. */
  @ParameterizedTest
  @CsvSource({
    // ratio, advantage, L^CLIP, clipped
    "0.5,  1,  0.5, false",
    "1,    1,  1,   false",
    "1.1,  1,  1.1, false",
    "1.5,  1,  1.2, true",
    "1.5,  2,  2.4, true",
    "0.5, -1, -0.8, true",
    "0.9, -1, -0.9, false",
    "1,   -1, -1,   false",
    "1.5, -1, -1.5, false",
    "1.5, -3, -4.5, false",
    "0.5,  0,  0,   false"
  })
  void theRatioCountsNoMoreOnceItHasGoneFarEnough(
      double ratio, double advantage, double objective, boolean clipped) {
    double logRatio = Math.log(ratio);
    assertThat(LOSS.policy(logRatio, advantage)).isEqualTo(-objective, within(1e-12));
    assertThat(LOSS.isClipped(logRatio, advantage)).isEqualTo(clipped);
    // d(rho A)/d(log pi) = rho A
    assertThat(LOSS.policyDerivative(logRatio, advantage))
        .isEqualTo(clipped ? 0 : -ratio * advantage, within(1e-12));
  }

  @Property(tries = 200)
  void thePolicysDerivativeIsTheSlopeOfItsLoss(
      @ForAll @DoubleRange(min = -1, max = 1) double logRatio,
      @ForAll @DoubleRange(min = -5, max = 5) double advantage) {
    double edge = Math.min(Math.abs(Math.exp(logRatio) - 0.8), Math.abs(Math.exp(logRatio) - 1.2));
    if (edge > 1e-4) {
      double h = 1e-6;
      double slope =
          (LOSS.policy(logRatio + h, advantage) - LOSS.policy(logRatio - h, advantage)) / (2 * h);
      assertThat(LOSS.policyDerivative(logRatio, advantage)).isEqualTo(slope, within(1e-6));
    }
  }

  @ParameterizedTest
  @CsvSource({
    // V, V_old, R, loss, derivative
    "1,   0.5,  2,   0.845, 0", // clipped to 0.7: (1.3)^2 / 2 is more than (1)^2 / 2
    "1,   0.5,  0,   0.5,   1", // clipped to 0.7 it would be too good
    "0.6, 0.5,  2,   0.98, -1.4", // within the limit
    "0,   0.5, -1,   0.845, 0",
    "0.5, 0.5,  0.5, 0,     0"
  })
  void aValueCountsNoMoreOnceItHasGoneFarEnough(
      double value, double before, double target, double loss, double derivative) {
    assertThat(LOSS.value(value, before, target)).isEqualTo(loss, within(1e-12));
    assertThat(LOSS.valueDerivative(value, before, target)).isEqualTo(derivative, within(1e-12));
  }

  @Property(tries = 200)
  void theValuesDerivativeIsTheSlopeOfItsLoss(
      @ForAll @DoubleRange(min = -2, max = 2) double value,
      @ForAll @DoubleRange(min = -2, max = 2) double before,
      @ForAll @DoubleRange(min = -2, max = 2) double target) {
    double h = 1e-6;
    double middle = (value + Math.min(Math.max(value, before - 0.2), before + 0.2)) / 2;
    boolean smooth =
        Math.abs(Math.abs(value - before) - 0.2) > 1e-4 && Math.abs(middle - target) > 1e-4;
    if (smooth) {
      double slope =
          (LOSS.value(value + h, before, target) - LOSS.value(value - h, before, target)) / (2 * h);
      assertThat(LOSS.valueDerivative(value, before, target)).isEqualTo(slope, within(1e-6));
    }
  }

  @Test
  void withoutALimitTheValuesLossIsHalfTheSquare() {
    ProximalLoss free = new ProximalLoss(0.2, 0);
    assertThat(free.value(3, 0, 1)).isEqualTo(2);
    assertThat(free.valueDerivative(3, 0, 1)).isEqualTo(2);
  }

  @Test
  void aDivergedPolicyShows() {
    assertThat(LOSS.policy(Double.NaN, 1)).isNaN();
    assertThat(LOSS.policyDerivative(Double.NaN, 1)).isNaN();
    assertThat(LOSS.value(Double.NaN, 0, 1)).isNaN();
    assertThat(LOSS.valueDerivative(Double.NaN, 0, 1)).isNaN();
  }
}
