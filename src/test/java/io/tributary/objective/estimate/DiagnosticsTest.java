package io.tributary.objective.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.objective.BatchValues;
import io.tributary.objective.Gdc;
import io.tributary.objective.Objective;
import io.tributary.testing.training.EnumerableWorld;
import io.tributary.testing.training.EnumerableWorld.MixedSample;
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

  /** Components of grad log pi(x) with respect to the logits of a softmax over all sequences. */
  private static double[] gradient(double[] pi, int x, double factor) {
    return EnumerableWorld.map(y -> factor * ((y == x ? 1 : 0) - pi[y]));
  }

  private static double squaredNorm(double[] vector) {
    return Arrays.stream(vector).map(v -> v * v).sum();
  }

  /** Var(G) by enumeration, with the advantage P/pi - level, on-policy. */
  private static double enumeratedVariance(double[] pi, double[] target, double level) {
    double[] mean = new double[EnumerableWorld.SIZE];
    double squares = 0;
    for (int x = 0; x < mean.length; x++) {
      double[] g = gradient(pi, x, target[x] / pi[x] - level);
      squares += pi[x] * squaredNorm(g);
      for (int y = 0; y < mean.length; y++) {
        mean[y] += pi[x] * g[y];
      }
    }
    return squares - squaredNorm(mean);
  }

  @Test
  void theVarianceOfTheGradientIsEstimatedWithoutBias() {
    EnumerableWorld world = new EnumerableWorld();
    double expected = 0;
    for (int x = 0; x < EnumerableWorld.SIZE; x++) {
      for (int y = 0; y < EnumerableWorld.SIZE; y++) {
        double[] one = gradient(world.pi, x, world.target[x] / world.pi[x]);
        double[] other = gradient(world.pi, y, world.target[y] / world.pi[y]);
        double estimate =
            Diagnostics.gradientVariance(
                new double[] {squaredNorm(one), squaredNorm(other)},
                squaredNorm(EnumerableWorld.map(i -> (one[i] + other[i]) / 2)));
        expected += world.pi[x] * world.pi[y] * estimate;
      }
    }
    double listed = enumeratedVariance(world.pi, world.target, 0);
    assertThat(expected).isCloseTo(listed, within(1e-12 * listed));
  }

  /** On-policy, Var(G) falls exactly when 2 E_p ||grad log pi||^2 exceeds that of pi itself. */
  @Test
  void theBaselineLowersTheVarianceOfTheGradientOrRaisesItAsComputed() {
    EnumerableWorld world = new EnumerableWorld();
    double[] peaked = EnumerableWorld.softmax(EnumerableWorld.map(x -> x == 7 ? 6 : 0));
    double[] onPeak = EnumerableWorld.map(x -> x == 7 ? 0.3 : 0);
    int lowered = 0;
    double[][][] cases = {{world.pi, world.target}, {peaked, onPeak}, {world.a, world.target}};
    for (double[][] each : cases) {
      double[] pi = each[0];
      double[] target = each[1];
      double z = Arrays.stream(target).sum();
      double ofTarget =
          EnumerableWorld.expectation(target, x -> squaredNorm(gradient(pi, x, 1))) / z;
      double ofPolicy = EnumerableWorld.expectation(pi, x -> squaredNorm(gradient(pi, x, 1)));
      double without = enumeratedVariance(pi, target, 0);
      double with = enumeratedVariance(pi, target, z);
      assertThat(with - without)
          .isCloseTo(z * z * (ofPolicy - 2 * ofTarget), within(1e-12 * without));
      assertThat(with < without).isEqualTo(2 * ofTarget > ofPolicy);
      lowered += with < without ? 1 : 0;
    }
    assertThat(lowered).isBetween(1, cases.length - 1);
  }

  /** On-policy, the baseline Z leaves Var(A) as it is and takes Z^2 off E[A^2]. */
  @Test
  void theBaselineTakesTheSquareOfZOffTheMeanSquareOfTheAdvantage() {
    EnumerableWorld world = new EnumerableWorld();
    double[] pi = world.pi;
    double[] squares = new double[2];
    double[] variances = new double[2];
    for (int baseline = 0; baseline < 2; baseline++) {
      double level = baseline * world.z;
      squares[baseline] =
          EnumerableWorld.expectation(pi, x -> Math.pow(world.target[x] / pi[x] - level, 2));
      double mean = EnumerableWorld.expectation(pi, x -> world.target[x] / pi[x] - level);
      variances[baseline] = squares[baseline] - mean * mean;
    }
    assertThat(squares[0] - squares[1]).isCloseTo(world.z * world.z, within(1e-12));
    assertThat(variances[1]).isCloseTo(variances[0], within(1e-12));
  }

  /** Eq. (21). */
  @Test
  void meanAbsoluteAdvantageIsTwiceZTimesTheTotalVariation() {
    EnumerableWorld world = new EnumerableWorld();
    PartitionFunctionEstimate z = world.exactZ();
    MixedSample sample = world.mixedSample(500, new Random(3));
    BatchValues values = EnumerableWorld.values(sample.logWeights(), sample.logPolicyRatios(), z);
    Objective objective = new Gdc(true, true);
    double[] advantages = objective.advantages(values, objective.levels(values));
    double tvd =
        Divergences.tvdTargetPolicy(sample.logWeights(), sample.logPolicyRatios(), z).value();
    assertThat(Diagnostics.meanAbsolute(advantages)).isCloseTo(2 * world.z * tvd, within(1e-12));
  }
}
