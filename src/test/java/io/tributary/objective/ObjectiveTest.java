package io.tributary.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.config.ObjectiveConfig;
import io.tributary.config.ObjectiveType;
import io.tributary.objective.PartitionFunction.Estimate;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ObjectiveTest {
  private static final Estimate NOTHING_SEEN = PartitionFunction.create().estimate();
  private final EnumerableWorld world = new EnumerableWorld();

  static List<Objective> all() {
    return List.of(new Gdc(false), new Gdc(true), new GdcPlusPlus(false), new GdcPlusPlus(true));
  }

  @ParameterizedTest
  @MethodSource("all")
  void expectedGradientIsThatOfTheForwardDivergenceWhateverTheProposal(Objective objective) {
    double scale = isNormalised(objective) ? 1 : world.z;
    double[] gradient = gradientOfKl();
    for (double[] proposal : List.of(world.q, world.olderQ, world.pi, world.a)) {
      double[] expected = expectedUpdate(objective, proposal, world.exactZ());
      for (int i = 0; i < EnumerableWorld.SIZE; i++) {
        assertThat(expected[i]).isCloseTo(-scale * gradient[i], within(1e-7 * scale));
      }
    }
  }

  /** Facts 1 and 2: on-policy, where v = 1 and the baseline is a constant, and off-policy. */
  @Test
  void anyMultipleOfTheBaselineLeavesTheExpectedGradientAsItIs() {
    for (double[] proposal : List.of(world.pi, world.q)) {
      double[] without = expectedUpdate(new Gdc(false), proposal, world.exactZ());
      for (double wrongZ : new double[] {0.01, 0.3, 5}) {
        Estimate wrong = new Estimate(Math.log(wrongZ), 0, 1, 1, 1);
        double[] with = expectedUpdate(new GdcPlusPlus(false), proposal, wrong);
        for (int i = 0; i < with.length; i++) {
          assertThat(with[i]).isCloseTo(without[i], within(1e-14));
        }
      }
    }
  }

  @Test
  void theBaselineCentresTheAdvantageOffPolicyToo() {
    double[] advantages =
        new GdcPlusPlus(true)
            .advantages(
                world.logWeights(world.q),
                EnumerableWorld.logRatios(world.pi, world.q),
                world.exactZ());
    assertThat(EnumerableWorld.expectation(world.q, x -> advantages[x]))
        .isCloseTo(0, within(1e-15));
  }

  @Test
  void onPolicyTheBaselineKeepsTheVarianceAndTakesZSquaredOffTheSecondMoment() {
    double[] logWeights = world.logWeights(world.pi);
    double[] ones = new double[logWeights.length];
    double[] without = new Gdc(false).advantages(logWeights, ones, world.exactZ());
    double[] with = new GdcPlusPlus(false).advantages(logWeights, ones, world.exactZ());

    double meanWithout = EnumerableWorld.expectation(world.pi, x -> without[x]);
    double squaresWithout = EnumerableWorld.expectation(world.pi, x -> without[x] * without[x]);
    double meanWith = EnumerableWorld.expectation(world.pi, x -> with[x]);
    double squaresWith = EnumerableWorld.expectation(world.pi, x -> with[x] * with[x]);

    assertThat(squaresWith - meanWith * meanWith)
        .isCloseTo(squaresWithout - meanWithout * meanWithout, within(1e-15));
    assertThat(squaresWithout - squaresWith).isCloseTo(world.z * world.z, within(1e-15));
  }

  /** Var(G) of Eq. (17), G = A grad log pi; ||grad log pi||^2 = 1 - 2 pi(x) + sum pi^2 here. */
  @Test
  void onPolicyTheBaselineLowersTheGradientVarianceExactlyWhereItShould() {
    double[] wanted = EnumerableWorld.map(x -> x == 0 ? 1 : 1e-9);
    double[] spread = EnumerableWorld.map(x -> x == 0 ? 0.6 : 0.4 / (EnumerableWorld.SIZE - 1));

    assertThat(varianceRemovedByTheBaseline(world.pi, world.target)).isPositive();
    assertThat(varianceRemovedByTheBaseline(spread, wanted)).isNegative();
  }

  private static double varianceRemovedByTheBaseline(double[] pi, double[] target) {
    double z = Arrays.stream(target).sum();
    double[] logWeights = EnumerableWorld.logRatios(target, pi);
    double[] onPolicy = new double[pi.length];
    Estimate exact = new Estimate(Math.log(z), 0, 1, 1, 1);
    double squares = Arrays.stream(pi).map(m -> m * m).sum();
    double[] gradientSquares = EnumerableWorld.map(x -> 1 - 2 * pi[x] + squares);

    double[] without = new Gdc(false).coefficients(logWeights, onPolicy, exact);
    double[] with = new GdcPlusPlus(false).coefficients(logWeights, onPolicy, exact);
    // both have the same mean, so their variances differ as their second moments do
    double removed =
        EnumerableWorld.expectation(
            pi, x -> (without[x] * without[x] - with[x] * with[x]) * gradientSquares[x]);
    double underTarget = EnumerableWorld.expectation(target, x -> gradientSquares[x]) / z;
    double underPolicy = EnumerableWorld.expectation(pi, x -> gradientSquares[x]);
    assertThat(removed).isCloseTo(z * z * (2 * underTarget - underPolicy), within(1e-12 * z * z));
    return removed;
  }

  @Test
  void theConfigurationNamesTheObjective() {
    assertThat(Objective.of(new ObjectiveConfig(ObjectiveType.GDC, true))).isEqualTo(new Gdc(true));
    assertThat(Objective.of(new ObjectiveConfig(ObjectiveType.GDC_WITH_BASELINE, false)))
        .isEqualTo(new GdcPlusPlus(false));
  }

  @Test
  void baselineIsZTimesThePolicyRatioAndNoneForGdc() {
    Estimate z = new Estimate(Math.log(0.25), 0, 1, 1, 1);
    double[] logPolicyRatios = {Math.log(2), Math.log(0.5)};
    for (boolean normalise : new boolean[] {false, true}) {
      assertThat(new GdcPlusPlus(normalise).baselines(logPolicyRatios, z))
          .containsExactly(new double[] {0.5, 0.125}, within(1e-15));
      assertThat(new Gdc(normalise).baselines(logPolicyRatios, z)).containsExactly(0, 0);
    }
  }

  @Test
  void coefficientsAreThoseOfTheAlgorithm() {
    Estimate z = new Estimate(Math.log(0.25), 0, 1, 1, 1);
    double[] logWeights = {Math.log(3), Double.NEGATIVE_INFINITY};
    double[] logPolicyRatios = {Math.log(2), Math.log(0.5)};
    assertThat(new GdcPlusPlus(false).coefficients(logWeights, logPolicyRatios, z))
        .containsExactly(new double[] {2.5, -0.125}, within(1e-15));
    assertThat(new GdcPlusPlus(true).coefficients(logWeights, logPolicyRatios, z))
        .containsExactly(new double[] {10, -0.5}, within(1e-14));
    assertThat(new Gdc(false).coefficients(logWeights, logPolicyRatios, z))
        .containsExactly(new double[] {3, 0}, within(1e-15));
    assertThat(new Gdc(true).coefficients(logWeights, logPolicyRatios, z))
        .containsExactly(new double[] {12, 0}, within(1e-14));
  }

  @ParameterizedTest
  @MethodSource("all")
  void withoutAPositiveWeightSoFarThereIsNoBaselineAndNothingIsDivided(Objective objective) {
    double[] logWeights = {Math.log(3), Double.NEGATIVE_INFINITY};
    double[] logPolicyRatios = {Math.log(2), 800}; // v overflows
    assertThat(objective.baselines(logPolicyRatios, NOTHING_SEEN)).containsExactly(0, 0);
    assertThat(objective.coefficients(logWeights, logPolicyRatios, NOTHING_SEEN))
        .containsExactly(new double[] {3, 0}, within(1e-15));
    assertThat(objective.advantages(logWeights, logPolicyRatios, NOTHING_SEEN))
        .containsExactly(new double[] {3, 0}, within(1e-15));
  }

  @ParameterizedTest
  @MethodSource("all")
  void advantagesAreInTheUnitOfPAndCoefficientsTheSameUpToZ(Objective objective) {
    double[] logWeights = world.logWeights(world.q);
    double[] logPolicyRatios = EnumerableWorld.logRatios(world.pi, world.q);
    double[] advantages = objective.advantages(logWeights, logPolicyRatios, world.exactZ());
    double[] coefficients = objective.coefficients(logWeights, logPolicyRatios, world.exactZ());
    double unit = isNormalised(objective) ? world.z : 1;
    double[] baselines = objective.baselines(logPolicyRatios, world.exactZ());
    for (int x = 0; x < advantages.length; x++) {
      assertThat(coefficients[x] * unit).isCloseTo(advantages[x], within(1e-14));
      assertThat(advantages[x] + baselines[x]).isCloseTo(Math.exp(logWeights[x]), within(1e-14));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void onlyAnObjectiveWithBaselineLearnsFromSequencesOfWeightZero(Objective objective) {
    double[] nothing = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
    double[] coefficients = objective.coefficients(nothing, new double[2], world.exactZ());
    assertThat(Arrays.stream(coefficients).anyMatch(c -> c != 0))
        .isEqualTo(objective.needsGradientAtZeroWeight());
  }

  @Test
  void weightsBeyondTheRangeOfDoublesAreDividedInLogSpace() {
    for (double huge : new double[] {2000, -2000}) {
      Estimate z = new Estimate(huge, 0, 1, 1, 1);
      double[] logWeights = {huge + Math.log(3)};
      double[] logPolicyRatios = {Math.log(2)};
      assertThat(new Gdc(true).coefficients(logWeights, logPolicyRatios, z)[0])
          .isCloseTo(3, within(1e-9));
      assertThat(new GdcPlusPlus(true).coefficients(logWeights, logPolicyRatios, z)[0])
          .isCloseTo(1, within(1e-9));
    }
  }

  @Test
  void aDivergedPolicyShowsInTheCoefficients() {
    double[] coefficients =
        new GdcPlusPlus(false)
            .coefficients(new double[] {0}, new double[] {Double.NaN}, world.exactZ());
    assertThat(coefficients[0]).isNaN();
  }

  @ParameterizedTest
  @MethodSource("all")
  void arraysOfDifferentLengthsAreRefused(Objective objective) {
    assertThatThrownBy(() -> objective.coefficients(new double[2], new double[3], world.exactZ()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 and 3");
  }

  /** sum_x q(x) c(x) grad log pi(x), where pi is the softmax of its logits. */
  private double[] expectedUpdate(Objective objective, double[] proposal, Estimate z) {
    double[] c =
        objective.coefficients(
            world.logWeights(proposal), EnumerableWorld.logRatios(world.pi, proposal), z);
    return EnumerableWorld.map(
        i -> EnumerableWorld.expectation(proposal, x -> c[x] * ((x == i ? 1 : 0) - world.pi[i])));
  }

  /** grad KL(p||pi) by central differences in the logits of pi. */
  private double[] gradientOfKl() {
    double step = 1e-5;
    return EnumerableWorld.map(
        i -> {
          double[] up = world.policyLogits.clone();
          double[] down = world.policyLogits.clone();
          up[i] += step;
          down[i] -= step;
          return (EnumerableWorld.kl(world.p, EnumerableWorld.softmax(up))
                  - EnumerableWorld.kl(world.p, EnumerableWorld.softmax(down)))
              / (2 * step);
        });
  }

  private static boolean isNormalised(Objective objective) {
    return objective instanceof Gdc gdc
        ? gdc.normaliseByZ()
        : ((GdcPlusPlus) objective).normaliseByZ();
  }
}
