package io.tributary.objective.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.ProposalConfig;
import io.tributary.config.ProposalConfig.Criterion;
import io.tributary.data.TargetSample;
import io.tributary.objective.estimate.HeldOut.Standing;
import java.util.Collections;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A hundred held-out sequences of equal weight. If log pi falls by d on k of them, KL(p||pi) rises
 * by k d / 100, with the standard error d sqrt(k/100 (1 - k/100) / 99).
 */
class BestPolicyTest {
  private static final int ALL = 100;
  private static final HeldOut HELD_OUT =
      new HeldOut(
          new TargetSample(
              Collections.nCopies(ALL, new TargetSample.Entry("", new int[] {1}, -8, 0, 1, -8))),
          new ProposalConfig(
              Criterion.KL,
              ProposalConfig.Window.HELD_OUT,
              100,
              0,
              false,
              ProposalConfig.Guide.OFF));

  private static final BestPolicy FIRST = BestPolicy.first(0, policy(i -> 0));

  private static Standing policy(IntToDoubleFunction fallen) {
    List<Double> logs =
        IntStream.range(0, ALL).mapToObj(i -> -10 - fallen.applyAsDouble(i)).toList();
    return new Standing(logs, 0, 0, logs);
  }

  /** log pi has fallen by {@code nats} on the first {@code count}. */
  private static Standing fallen(int count, double nats) {
    return policy(i -> i < count ? nats : 0);
  }

  @Test
  void aPolicyThatIsCloserIsTheBest() {
    Standing closer = fallen(1, -0.1);
    BestPolicy best = FIRST.after(5, closer, HELD_OUT);
    assertThat(best).isEqualTo(new BestPolicy(5, closer, false));
    assertThat(best.after(10, fallen(0, 0), HELD_OUT)).as("farther by 0.001").isEqualTo(best);
  }

  @Test
  void aRiseMustMatterAndBeSignificant() {
    assertThat(FIRST.after(5, policy(i -> 0.09), HELD_OUT).lost()).as("without error").isFalse();
    assertThat(FIRST.after(5, policy(i -> 0.11), HELD_OUT).lost()).isTrue();
    // 3 by d: rise 0.03 d, which is 1.75 times its error; 4: 2.03 times
    assertThat(FIRST.after(5, fallen(3, 9), HELD_OUT).lost()).isFalse();
    assertThat(FIRST.after(5, fallen(4, 9), HELD_OUT).lost()).isTrue();
  }

  @Test
  void aLossLastsUntilHalfOfTheRiseIsGone() {
    BestPolicy lost = FIRST.after(5, policy(i -> 0.11), HELD_OUT);
    assertThat(lost.step()).isZero();
    assertThat(lost.after(10, policy(i -> 0.06), HELD_OUT).lost()).isTrue();
    assertThat(lost.after(10, policy(i -> 0.04), HELD_OUT).lost()).isFalse();
    // 2 by d: 1.42 times the error; 1: once, and a thousandth less if others have risen
    assertThat(lost.after(10, fallen(2, 9), HELD_OUT).lost()).isTrue();
    assertThat(lost.after(10, policy(i -> i == 0 ? 9 : i == 1 ? -0.1 : 0), HELD_OUT).lost())
        .isFalse();
    assertThat(lost.after(10, fallen(1, -1), HELD_OUT))
        .isEqualTo(new BestPolicy(10, fallen(1, -1), false));
  }

  @Test
  void aPolicyThatCanNoLongerWriteASequenceHasLostIt() {
    assertThat(FIRST.after(5, fallen(1, Double.POSITIVE_INFINITY), HELD_OUT).lost()).isTrue();
    assertThat(FIRST.after(5, fallen(1, Double.NaN), HELD_OUT).lost()).isTrue();
  }
}
