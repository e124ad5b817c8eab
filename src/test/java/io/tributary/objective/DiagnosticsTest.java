package io.tributary.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.objective.EnumerableWorld.MixedSample;
import io.tributary.objective.PartitionFunction.Estimate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DiagnosticsTest {
  private static final double NEVER = Double.NEGATIVE_INFINITY;

  @Test
  void effectiveSampleSizeAndLargestShareOfKnownWeights() {
    double[] logWeights = {Math.log(1), Math.log(3), NEVER, NEVER};
    assertThat(Diagnostics.effectiveSampleSizeRatio(logWeights))
        .isCloseTo(16.0 / 10 / 4, within(1e-12));
    assertThat(Diagnostics.maxWeightShare(logWeights)).isCloseTo(0.75, within(1e-12));
  }

  @Test
  void absentWhereAllWeightsAreZero() {
    double[] logWeights = {NEVER, NEVER};
    assertThat(Diagnostics.effectiveSampleSizeRatio(logWeights)).isNaN();
    assertThat(Diagnostics.maxWeightShare(logWeights)).isNaN();
    assertThat(Diagnostics.mean(new double[0])).isNaN();
  }

  @Property
  void ratioAndShareStayInRangeWhateverTheScaleAndOrderOfTheWeights(
      @ForAll @Size(min = 1, max = 60) List<@DoubleRange(min = -200, max = 200) Double> weights,
      @ForAll @DoubleRange(min = -3000, max = 3000) double logScale) {
    double[] logWeights = weights.stream().mapToDouble(w -> w).toArray();
    List<Double> shuffled = new java.util.ArrayList<>(weights);
    Collections.shuffle(shuffled, new Random(1));
    double[] changed = shuffled.stream().mapToDouble(w -> w + logScale).toArray();
    double least = 1.0 / logWeights.length;

    double ratio = Diagnostics.effectiveSampleSizeRatio(logWeights);
    double share = Diagnostics.maxWeightShare(logWeights);
    assertThat(ratio).isBetween(least - 1e-9, 1 + 1e-9);
    assertThat(share).isBetween(least - 1e-9, 1 + 1e-9);
    assertThat(Diagnostics.effectiveSampleSizeRatio(changed)).isCloseTo(ratio, within(1e-6));
    assertThat(Diagnostics.maxWeightShare(changed)).isCloseTo(share, within(1e-6));
  }

  @Property
  void equalWeightsAreAsGoodAsTheirNumber(
      @ForAll @DoubleRange(min = -3000, max = 3000) double logWeight) {
    double[] logWeights = new double[25];
    Arrays.fill(logWeights, logWeight);
    assertThat(Diagnostics.effectiveSampleSizeRatio(logWeights)).isCloseTo(1, within(1e-9));
    assertThat(Diagnostics.maxWeightShare(logWeights)).isCloseTo(0.04, within(1e-9));
  }

  @Test
  void meanVarianceAndMeanAbsoluteValueOfTheAdvantage() {
    double[] advantages = {3, -1, -1, -1};
    assertThat(Diagnostics.mean(advantages)).isZero();
    assertThat(Diagnostics.variance(advantages)).isEqualTo(4);
    assertThat(Diagnostics.meanAbsolute(advantages)).isEqualTo(1.5);
    assertThat(Diagnostics.variance(new double[] {5, 5, 8})).isEqualTo(3);
  }

  /** Eq. (21). */
  @Test
  void meanAbsoluteAdvantageIsTwiceZTimesTheTotalVariation() {
    EnumerableWorld world = new EnumerableWorld();
    Estimate z = world.exactZ();
    MixedSample sample = world.mixedSample(500, new Random(3));
    BatchValues values = EnumerableWorld.values(sample.logWeights(), sample.logPolicyRatios(), z);
    Objective objective = new GdcPlusPlus(true);
    double[] advantages = objective.advantages(values, objective.levels(values));
    double tvd =
        Divergences.tvdTargetPolicy(sample.logWeights(), sample.logPolicyRatios(), z).value();
    assertThat(Diagnostics.meanAbsolute(advantages)).isCloseTo(2 * world.z * tvd, within(1e-12));
  }
}
