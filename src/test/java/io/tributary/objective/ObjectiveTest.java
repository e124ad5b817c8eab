package io.tributary.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.config.objective.ObjectiveConfig;
import io.tributary.config.objective.ObjectiveConfig.Divergence;
import io.tributary.config.objective.ObjectiveConfig.ObjectiveForm;
import io.tributary.config.objective.ObjectiveType;
import io.tributary.config.objective.ObjectiveType.Baseline;
import io.tributary.config.objective.PpoConfig;
import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.testing.training.EnumerableWorld;
import io.tributary.testing.training.PartitionFunctions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ObjectiveTest {
  private static final PartitionFunctionEstimate NOTHING_SEEN =
      PartitionFunctions.running().estimate();
  private final EnumerableWorld world = new EnumerableWorld();

  static List<Objective> all() {
    return List.of(
        new Gdc(false, false), new Gdc(false, true), new Gdc(true, false), new Gdc(true, true));
  }

  /** Facts 1 and 2: on-policy, where v = 1 and the baseline is a constant, and off-policy. */
  @Test
  void anyMultipleOfTheBaselineLeavesTheExpectedGradientAsItIs() {
    for (double[] proposal : List.of(world.pi, world.q)) {
      double[] without = expectedUpdate(new Gdc(false, false), proposal, world.exactZ());
      for (double wrongZ : new double[] {0.01, 0.3, 5}) {
        PartitionFunctionEstimate wrong =
            new PartitionFunctionEstimate(Math.log(wrongZ), 0, 1, 1, 1);
        double[] with = expectedUpdate(new Gdc(true, false), proposal, wrong);
        for (int i = 0; i < with.length; i++) {
          assertThat(with[i]).isCloseTo(without[i], within(1e-14));
        }
      }
    }
  }

  @Test
  void theBaselineCentresTheAdvantageOffPolicyToo() {
    double[] advantages = advantages(new Gdc(true, true), world.values(world.q, world.exactZ()));
    assertThat(EnumerableWorld.expectation(world.q, x -> advantages[x]))
        .isCloseTo(0, within(1e-15));
  }

  @Test
  void onPolicyTheBaselineKeepsTheVarianceAndTakesZSquaredOffTheSecondMoment() {
    double[] without = advantages(new Gdc(false, false), world.values(world.pi, world.exactZ()));
    double[] with = advantages(new Gdc(true, false), world.values(world.pi, world.exactZ()));

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
    PartitionFunctionEstimate exact = new PartitionFunctionEstimate(Math.log(z), 0, 1, 1, 1);
    double squares = Arrays.stream(pi).map(m -> m * m).sum();
    double[] gradientSquares = EnumerableWorld.map(x -> 1 - 2 * pi[x] + squares);

    double[] without =
        coefficients(new Gdc(false, false), EnumerableWorld.values(logWeights, onPolicy, exact));
    double[] with =
        coefficients(new Gdc(true, false), EnumerableWorld.values(logWeights, onPolicy, exact));
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
    assertThat(named(ObjectiveType.GDC, true, Baseline.NONE)).isEqualTo(new Gdc(false, true));
    assertThat(named(ObjectiveType.GDC_WITH_BASELINE, false, Baseline.Z))
        .isEqualTo(new Gdc(true, false));
    assertThat(named(ObjectiveType.DPG, true, Baseline.Z)).isEqualTo(new Gdc(true, true));
    assertThat(named(ObjectiveType.DPG, false, Baseline.NONE)).isEqualTo(new Gdc(false, false));
    for (Baseline baseline : ObjectiveType.REINFORCE.baselines()) {
      assertThat(named(ObjectiveType.REINFORCE, false, baseline))
          .isEqualTo(new Reinforce(baseline));
    }
    assertThat(named(ObjectiveType.KL_CONTROL, false, Baseline.LEAVE_ONE_OUT))
        .isEqualTo(new KlControl(0.3, true));
    assertThat(named(ObjectiveType.F_DIVERGENCE, false, Baseline.NONE))
        .isEqualTo(new FDivergence(Divergence.TOTAL_VARIATION, false));
  }

  private static Objective named(ObjectiveType type, boolean normalise, Baseline baseline) {
    return Objective.of(
        new ObjectiveConfig(
            type,
            normalise,
            baseline,
            ObjectiveConfig.Credit.SEQUENCE,
            List.of(),
            type == ObjectiveType.KL_CONTROL ? Optional.of(0.3) : Optional.empty(),
            type == ObjectiveType.F_DIVERGENCE
                ? Optional.of(Divergence.TOTAL_VARIATION)
                : Optional.empty(),
            ObjectiveForm.POLICY_GRADIENT,
            0.2,
            Optional.empty(),
            new PpoConfig(4, 1, 0.95, 1, true, 0.2, 0.1, 10_000)));
  }

  @Test
  void baselineIsZTimesThePolicyRatioAndNoneForGdc() {
    PartitionFunctionEstimate z = new PartitionFunctionEstimate(Math.log(0.25), 0, 1, 1, 1);
    BatchValues values =
        EnumerableWorld.values(new double[2], new double[] {Math.log(2), Math.log(0.5)}, z);
    for (boolean normalise : new boolean[] {false, true}) {
      assertThat(baselines(new Gdc(true, normalise), values))
          .containsExactly(new double[] {0.5, 0.125}, within(1e-15));
      assertThat(baselines(new Gdc(false, normalise), values)).containsExactly(0, 0);
    }
  }

  @Test
  void coefficientsAreThoseOfTheAlgorithm() {
    PartitionFunctionEstimate z = new PartitionFunctionEstimate(Math.log(0.25), 0, 1, 1, 1);
    double[] logWeights = {Math.log(3), Double.NEGATIVE_INFINITY};
    BatchValues values =
        EnumerableWorld.values(logWeights, new double[] {Math.log(2), Math.log(0.5)}, z);
    assertThat(coefficients(new Gdc(true, false), values))
        .containsExactly(new double[] {2.5, -0.125}, within(1e-15));
    assertThat(coefficients(new Gdc(true, true), values))
        .containsExactly(new double[] {10, -0.5}, within(1e-14));
    assertThat(coefficients(new Gdc(false, false), values))
        .containsExactly(new double[] {3, 0}, within(1e-15));
    assertThat(coefficients(new Gdc(false, true), values))
        .containsExactly(new double[] {12, 0}, within(1e-14));
  }

  @ParameterizedTest
  @MethodSource("all")
  void withoutAPositiveWeightSoFarThereIsNoBaselineAndNothingIsDivided(Objective objective) {
    double[] logWeights = {Math.log(3), Double.NEGATIVE_INFINITY};
    BatchValues values =
        EnumerableWorld.values(
            logWeights, new double[] {Math.log(2), 800}, NOTHING_SEEN); // v overflows
    assertThat(baselines(objective, values)).containsExactly(0, 0);
    assertThat(coefficients(objective, values)).containsExactly(new double[] {3, 0}, within(1e-15));
    assertThat(advantages(objective, values)).containsExactly(new double[] {3, 0}, within(1e-15));
  }

  @ParameterizedTest
  @MethodSource("all")
  void advantagesAreInTheUnitOfPAndCoefficientsTheSameUpToZ(Objective objective) {
    BatchValues values = world.values(world.q, world.exactZ());
    double[] advantages = advantages(objective, values);
    double[] coefficients = coefficients(objective, values);
    double unit = isNormalised(objective) ? world.z : 1;
    double[] baselines = baselines(objective, values);
    for (int x = 0; x < advantages.length; x++) {
      assertThat(coefficients[x] * unit).isCloseTo(advantages[x], within(1e-14));
      assertThat(advantages[x] + baselines[x])
          .isCloseTo(Math.exp(values.logWeights()[x]), within(1e-14));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void onlyAnObjectiveWithBaselineLearnsFromSequencesOfWeightZero(Objective objective) {
    double[] nothing = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
    double[] coefficients =
        coefficients(objective, EnumerableWorld.values(nothing, new double[2], world.exactZ()));
    assertThat(Arrays.stream(coefficients).anyMatch(c -> c != 0))
        .isEqualTo(objective.needsGradientAtZeroWeight());
  }

  @Test
  void weightsBeyondTheRangeOfDoublesAreDividedInLogSpace() {
    for (double huge : new double[] {2000, -2000}) {
      PartitionFunctionEstimate z = new PartitionFunctionEstimate(huge, 0, 1, 1, 1);
      double[] logWeights = {huge + Math.log(3)};
      BatchValues values = EnumerableWorld.values(logWeights, new double[] {Math.log(2)}, z);
      assertThat(coefficients(new Gdc(false, true), values)[0]).isCloseTo(3, within(1e-9));
      assertThat(coefficients(new Gdc(true, true), values)[0]).isCloseTo(1, within(1e-9));
    }
  }

  @Test
  void aDivergedPolicyShowsInTheCoefficients() {
    double[] coefficients =
        coefficients(
            new Gdc(true, false),
            EnumerableWorld.values(new double[] {0}, new double[] {Double.NaN}, world.exactZ()));
    assertThat(coefficients[0]).isNaN();
  }

  @Test
  void arraysOfDifferentLengthsAreRefused() {
    assertThatThrownBy(() -> EnumerableWorld.values(new double[2], new double[3], world.exactZ()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 and 3");
  }

  private static double[] coefficients(Objective objective, BatchValues values) {
    return objective.coefficients(values, objective.levels(values));
  }

  private static double[] advantages(Objective objective, BatchValues values) {
    return objective.advantages(values, objective.levels(values));
  }

  private static double[] baselines(Objective objective, BatchValues values) {
    return objective.baselines(values, objective.levels(values));
  }

  /** sum_x q(x) c(x) grad log pi(x), where pi is the softmax of its logits. */
  private double[] expectedUpdate(
      Objective objective, double[] proposal, PartitionFunctionEstimate z) {
    double[] c = coefficients(objective, world.values(proposal, z));
    return EnumerableWorld.map(
        i -> EnumerableWorld.expectation(proposal, x -> c[x] * ((x == i ? 1 : 0) - world.pi[i])));
  }

  private static boolean isNormalised(Objective objective) {
    return ((Gdc) objective).normaliseByZ();
  }
}
