package io.tributary.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.config.objective.ObjectiveConfig.Divergence;
import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.testing.training.EnumerableWorld;
import io.tributary.testing.training.PartitionFunctions;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FDivergenceTest {
  private static final double NEVER = Double.NEGATIVE_INFINITY;
  private static final PartitionFunctionEstimate ONE = new PartitionFunctionEstimate(0, 0, 1, 1, 1);
  private final EnumerableWorld world = new EnumerableWorld();

  /** - f'(t) for sequences with v = 1, so that log t = - log w. */
  private static double[] slopes(Divergence divergence, double... t) {
    double[] logWeights = Arrays.stream(t).map(value -> -Math.log(value)).toArray();
    double[] signals =
        new FDivergence(divergence, false)
            .signals(EnumerableWorld.values(logWeights, new double[t.length], ONE));
    return Arrays.stream(signals).map(s -> -s).toArray();
  }

  @Test
  void derivativesAreThoseOfTheDivergences() {
    double infinite = Double.POSITIVE_INFINITY; // P = 0
    assertThat(slopes(Divergence.FORWARD_KL, 0.5, 1, 4, infinite))
        .containsExactly(new double[] {-2, -1, -0.25, 0}, within(1e-15));
    assertThat(slopes(Divergence.REVERSE_KL, 0.5, 1, 4))
        .containsExactly(new double[] {1 - Math.log(2), 1, 1 + Math.log(4)}, within(1e-15));
    assertThat(slopes(Divergence.TOTAL_VARIATION, 0.5, 1, 4, infinite))
        .containsExactly(-0.5, 0, 0.5, 0.5);
    assertThat(slopes(Divergence.JENSEN_SHANNON, 0.5, 1, 4, infinite))
        .containsExactly(
            new double[] {Math.log(2.0 / 3), 0, Math.log(1.6), Math.log(2)}, within(1e-15));
  }

  @Test
  void aHardConstraintMakesTheReverseDivergenceInfinite() {
    assertThat(slopes(Divergence.REVERSE_KL, Double.POSITIVE_INFINITY)[0]).isInfinite();
  }

  @Test
  void theForwardDivergenceHasTheCoefficientsOfTheNormalisedBaseline() {
    for (double[] proposal : new double[][] {world.q, world.pi}) {
      BatchValues values = world.values(proposal, world.exactZ());
      for (boolean baseline : new boolean[] {true, false}) {
        Objective objective = new FDivergence(Divergence.FORWARD_KL, baseline);
        Objective known = new Gdc(baseline, true);
        assertThat(objective.comparesSequences()).isFalse();
        assertThat(objective.coefficients(values, objective.levels(values)))
            .containsExactly(known.coefficients(values, known.levels(values)), within(1e-12));
      }
    }
  }

  /** log t beyond the range of exp: the limits of - v f'(t), with v of ordinary size. */
  @Test
  void nothingOverflowsInTheTails() {
    double[] logWeights = {-2000, 2000, NEVER, NEVER};
    double[] logPolicyRatios = {0, 0, 0, NEVER};
    BatchValues values = EnumerableWorld.values(logWeights, logPolicyRatios, ONE);
    assertThat(new FDivergence(Divergence.TOTAL_VARIATION, false).signals(values))
        .containsExactly(-0.5, 0.5, -0.5, 0);
    assertThat(new FDivergence(Divergence.JENSEN_SHANNON, false).signals(values))
        .containsExactly(
            new double[] {-Math.log(2), 2000 - Math.log(2), -Math.log(2), 0}, within(1e-12));
    assertThat(
            new FDivergence(Divergence.REVERSE_KL, false)
                .signals(EnumerableWorld.values(new double[] {-2000, 2000}, new double[2], ONE)))
        .containsExactly(-2001, 1999);
    PartitionFunctionEstimate huge = new PartitionFunctionEstimate(2000, 0, 1, 1, 1);
    assertThat(
            new FDivergence(Divergence.FORWARD_KL, false)
                .signals(
                    EnumerableWorld.values(
                        new double[] {2000 + Math.log(3), NEVER}, new double[2], huge)))
        .containsExactly(new double[] {3, 0}, within(1e-9));
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLearnedWhileThereIsNoPositiveWeight(Divergence divergence) {
    PartitionFunctionEstimate nothing = PartitionFunctions.running().estimate();
    BatchValues values =
        EnumerableWorld.values(new double[] {1, NEVER}, new double[] {0, 1}, nothing);
    Objective objective = new FDivergence(divergence, true);
    assertThat(objective.coefficients(values, objective.levels(values))).containsExactly(0, 0);
  }

  @ParameterizedTest
  @EnumSource
  void aDivergedPolicyShowsInTheCoefficients(Divergence divergence) {
    BatchValues values =
        EnumerableWorld.values(new double[] {0, 0}, new double[] {Double.NaN, 0}, ONE);
    Objective objective = new FDivergence(divergence, true);
    assertThat(objective.coefficients(values, objective.levels(values))[0]).isNaN();
  }
}
