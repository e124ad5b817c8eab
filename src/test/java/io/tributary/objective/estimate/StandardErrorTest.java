package io.tributary.objective.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.ProposalConfig.Criterion;
import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.testing.Slow;
import io.tributary.testing.training.EnumerableWorld;
import io.tributary.testing.training.EnumerableWorld.MixedSample;
import io.tributary.testing.training.PartitionFunctions;
import io.tributary.testing.training.ReplacementWindows;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Repeats each estimate 1,500 times, with a new Z estimated from as many other sequences, and
 * compares how far the estimates scatter with the standard errors that they claim.
 */
class StandardErrorTest {
  private static final int REPLICATES = 1_500;
  private static final int SEQUENCES = 600;
  private static final EnumerableWorld WORLD = new EnumerableWorld();

  /** Name, estimator, and the truth. */
  record Case(
      String name,
      BiFunction<MixedSample, PartitionFunctionEstimate, PointEstimate> estimator,
      double truth) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> estimators() {
    double[] p = WORLD.p;
    double[] pi = WORLD.pi;
    double klMixed = EnumerableWorld.kl(p, WORLD.q) / 2 + EnumerableWorld.kl(p, WORLD.olderQ) / 2;
    double tvdMixed =
        EnumerableWorld.tvd(p, WORLD.q) / 2 + EnumerableWorld.tvd(p, WORLD.olderQ) / 2;
    double phiUnderPi = EnumerableWorld.expectation(pi, x -> WORLD.phi[x]);
    return Stream.of(
        new Case("Z", (s, z) -> new PointEstimate(z.value(), z.standardError()), WORLD.z),
        new Case(
            "log Z",
            (s, z) -> new PointEstimate(z.logZ(), z.relativeStandardError()),
            Math.log(WORLD.z)),
        new Case(
            "KL(p||pi)",
            (s, z) -> Divergences.klTargetPolicy(s.logWeights(), s.logPolicyRatios(), z),
            EnumerableWorld.kl(p, pi)),
        new Case("KL(p||q)", (s, z) -> Divergences.klTargetProposal(s.logWeights(), z), klMixed),
        new Case(
            "TVD(p, pi)",
            (s, z) -> Divergences.tvdTargetPolicy(s.logWeights(), s.logPolicyRatios(), z),
            EnumerableWorld.tvd(p, pi)),
        new Case("TVD(p, q)", (s, z) -> Divergences.tvdTargetProposal(s.logWeights(), z), tvdMixed),
        new Case(
            "KL(pi||a)",
            (s, z) -> Divergences.klPolicyBase(s.logPolicyRatios(), s.logPolicies(), s.logBases()),
            EnumerableWorld.kl(pi, WORLD.a)),
        new Case(
            "E_pi[phi]",
            (s, z) -> PointEstimate.underPolicy(s.logPolicyRatios(), s.features()),
            phiUnderPi),
        new Case(
            "KL(p||pi) - KL(p||q)",
            (s, z) -> difference(s, z, Criterion.KL),
            EnumerableWorld.kl(p, pi) - klMixed),
        new Case(
            "TVD(p, pi) - TVD(p, q)",
            (s, z) -> difference(s, z, Criterion.TVD),
            EnumerableWorld.tvd(p, pi) - tvdMixed));
  }

  @Slow
  @ParameterizedTest
  @MethodSource("estimators")
  void claimedErrorsAreThoseOfRepeatedExperiments(Case c) {
    Random random = new Random(11);
    double[] values = new double[REPLICATES];
    double[] errors = new double[REPLICATES];
    int covered = 0;
    for (int r = 0; r < REPLICATES; r++) {
      PartitionFunction partitionFunction = PartitionFunctions.running();
      partitionFunction.add(WORLD.mixedSample(SEQUENCES, random).logWeights());
      PointEstimate estimate =
          c.estimator().apply(WORLD.mixedSample(SEQUENCES, random), partitionFunction.estimate());
      values[r] = estimate.value();
      errors[r] = estimate.standardError();
      covered += Math.abs(values[r] - c.truth()) < 2 * errors[r] ? 1 : 0;
    }
    double mean = Arrays.stream(values).average().orElseThrow();
    double scatter = Math.sqrt(Diagnostics.variance(values));
    double claimed = Arrays.stream(errors).average().orElseThrow();

    Map<String, Double> seen = new LinkedHashMap<>();
    seen.put("scatter", scatter);
    seen.put("claimed", claimed);
    seen.put("bias in standard errors", (mean - c.truth()) / scatter);
    seen.put("coverage", covered / (double) REPLICATES);
    assertThat(claimed / scatter).as("%s: %s", c, seen).isBetween(0.9, 1.12);
    assertThat((mean - c.truth()) / scatter).as("%s: %s", c, seen).isBetween(-0.25, 0.25);
    assertThat(covered / (double) REPLICATES).as("%s: %s", c, seen).isBetween(0.92, 0.98);
  }

  private static PointEstimate difference(
      MixedSample s, PartitionFunctionEstimate z, Criterion criterion) {
    ReplacementWindow window = ReplacementWindow.create(ReplacementWindows.config(criterion, 0), 1);
    long[] versions = new long[s.logWeights().length];
    Arrays.fill(versions, 1);
    window.add(versions, s.logWeights(), s.logPolicyRatios(), z);
    return window.state().difference(z);
  }
}
