package io.tributary.objective.estimate;

import static io.tributary.testing.training.EnumerableWorld.expectation;
import static io.tributary.testing.training.EnumerableWorld.kl;
import static io.tributary.testing.training.EnumerableWorld.logRatios;
import static io.tributary.testing.training.EnumerableWorld.logs;
import static io.tributary.testing.training.EnumerableWorld.tvd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.testing.training.EnumerableWorld;
import io.tributary.testing.training.EnumerableWorld.MixedSample;
import io.tributary.testing.training.PartitionFunctions;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class DivergencesTest {
  private static final Offset<Double> EXACTLY = within(1e-13);
  private final EnumerableWorld world = new EnumerableWorld();

  @Test
  void expectedWeightIsZUnderEveryProposal() {
    for (double[] proposal : List.of(world.q, world.olderQ, world.pi)) {
      double[] logWeights = world.logWeights(proposal);
      assertThat(expectation(proposal, x -> Math.exp(logWeights[x]))).isCloseTo(world.z, EXACTLY);
    }
  }

  /** An estimator that is a mean is unbiased iff it is so for one sequence: a sum over all. */
  @Test
  void estimatorsAreUnbiasedUnderEveryProposal() {
    for (double[] proposal : List.of(world.q, world.olderQ, world.pi)) {
      double[] logW = world.logWeights(proposal);
      double[] logV = logRatios(world.pi, proposal);
      double[] logPi = logs(world.pi);
      double[] logA = logs(world.a);
      PartitionFunctionEstimate z = world.exactZ();

      assertThat(
              expectation(
                  proposal, x -> Divergences.klTargetPolicy(one(logW[x]), one(logV[x]), z).value()))
          .isCloseTo(kl(world.p, world.pi), EXACTLY);
      assertThat(expectation(proposal, x -> Divergences.klTargetProposal(one(logW[x]), z).value()))
          .isCloseTo(kl(world.p, proposal), EXACTLY);
      assertThat(
              expectation(
                  proposal,
                  x -> Divergences.tvdTargetPolicy(one(logW[x]), one(logV[x]), z).value()))
          .isCloseTo(tvd(world.p, world.pi), EXACTLY);
      assertThat(expectation(proposal, x -> Divergences.tvdTargetProposal(one(logW[x]), z).value()))
          .isCloseTo(tvd(world.p, proposal), EXACTLY);
      assertThat(
              expectation(
                  proposal,
                  x -> Divergences.klPolicyBase(one(logV[x]), one(logPi[x]), one(logA[x])).value()))
          .isCloseTo(kl(world.pi, world.a), EXACTLY);
    }
  }

  @Test
  void estimatorsOnSamplesOfThePolicyItselfAreUnbiased() {
    double[] logP = logs(world.target);
    double[] logPi = logs(world.pi);
    double[] logA = logs(world.a);
    PartitionFunctionEstimate z = world.exactZ();
    assertThat(
            expectation(
                world.pi,
                x -> {
                  double own =
                      Divergences.klTargetPolicyOnPolicy(one(logP[x]), one(logPi[x]), z).value();
                  return world.target[x] > 0 ? own : -z.logZ(); // absent
                }))
        .isCloseTo(kl(world.p, world.pi), EXACTLY);
    assertThat(
            expectation(
                world.pi,
                x -> Divergences.klPolicyBaseOnPolicy(one(logPi[x]), one(logA[x])).value()))
        .isCloseTo(kl(world.pi, world.a), EXACTLY);
  }

  @Test
  void withEstimatedZAndMixedProposalsAllIsWithinFourStandardErrors() {
    Random random = new Random(7);
    PartitionFunction partitionFunction = PartitionFunctions.running();
    partitionFunction.add(world.mixedSample(100_000, random).logWeights());
    PartitionFunctionEstimate z = partitionFunction.estimate();
    MixedSample s = world.mixedSample(100_000, random);

    assertThat(z.value()).isCloseTo(world.z, within(4 * z.standardError()));
    assertThat(z.standardError()).isLessThan(0.01 * world.z);
    assertWithin(
        Divergences.klTargetPolicy(s.logWeights(), s.logPolicyRatios(), z), kl(world.p, world.pi));
    assertWithin(
        Divergences.tvdTargetPolicy(s.logWeights(), s.logPolicyRatios(), z),
        tvd(world.p, world.pi));
    assertWithin(
        Divergences.klPolicyBase(s.logPolicyRatios(), s.logPolicies(), s.logBases()),
        kl(world.pi, world.a));
    assertWithin(
        PointEstimate.underPolicy(s.logPolicyRatios(), s.features()),
        expectation(world.pi, x -> world.phi[x]));
    assertWithin(
        PointEstimate.mean(s.features()),
        expectation(world.q, x -> world.phi[x]) / 2
            + expectation(world.olderQ, x -> world.phi[x]) / 2);
  }

  @Test
  void onThePolicysOwnSamplesAllIsWithinFourStandardErrors() {
    Random random = new Random(8);
    PartitionFunction partitionFunction = PartitionFunctions.running();
    partitionFunction.add(world.mixedSample(100_000, random).logWeights());
    PartitionFunctionEstimate z = partitionFunction.estimate();
    int[] sample = EnumerableWorld.sample(world.pi, 100_000, random);
    double[] logPi = EnumerableWorld.at(sample, logs(world.pi));

    assertWithin(
        Divergences.klTargetPolicyOnPolicy(
            EnumerableWorld.at(sample, logs(world.target)), logPi, z),
        kl(world.p, world.pi));
    assertWithin(
        Divergences.klPolicyBaseOnPolicy(logPi, EnumerableWorld.at(sample, logs(world.a))),
        kl(world.pi, world.a));
    assertWithin(
        PointEstimate.mean(EnumerableWorld.at(sample, world.phi)),
        expectation(world.pi, x -> world.phi[x]));
  }

  @Test
  void absentWhileNoPositiveWeightHasBeenSeen() {
    PartitionFunction partitionFunction = PartitionFunctions.running();
    partitionFunction.add(one(Double.NEGATIVE_INFINITY));
    PartitionFunctionEstimate z = partitionFunction.estimate();
    double[] logW = {0, 0};
    assertThat(
            List.of(
                Divergences.klTargetPolicy(logW, logW, z),
                Divergences.klTargetProposal(logW, z),
                Divergences.tvdTargetPolicy(logW, logW, z),
                Divergences.tvdTargetProposal(logW, z),
                Divergences.klTargetPolicyOnPolicy(logW, logW, z)))
        .noneMatch(PointEstimate::isPresent);
  }

  @Test
  void aSampleWithoutAPositiveWeightKeepsItsPlaceInMeansButHasNoErrorAndIsShownToNobody() {
    PartitionFunctionEstimate z = world.exactZ();
    double[] none = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
    double[] logV = {-0.1, 0.2, 0.1};
    PointEstimate kl = Divergences.klTargetPolicy(none, logV, z);
    assertThat(kl.value()).isEqualTo(-z.logZ());
    assertThat(kl.standardError()).isNaN();
    assertThat(Divergences.klTargetProposal(none, z)).isEqualTo(kl);
    PointEstimate tvd = Divergences.tvdTargetPolicy(none, logV, z);
    assertThat(tvd.value())
        .isCloseTo((Math.exp(-0.1) + Math.exp(0.2) + Math.exp(0.1)) / 6, EXACTLY);
    assertThat(tvd.standardError()).isNaN();
    assertThat(Divergences.klTargetPolicyOnPolicy(none, logV, z).isPresent()).isFalse();
  }

  @Test
  void samplesOfAPolicyThatHasUnlearnedMostOfTheTargetDoNotTellItsDistance() {
    int learned =
        IntStream.range(0, EnumerableWorld.SIZE)
            .filter(x -> world.p[x] > 0)
            .findFirst()
            .orElseThrow();
    double[] collapsed =
        EnumerableWorld.map(x -> x == learned ? 1 - 1e-9 * (EnumerableWorld.SIZE - 1) : 1e-9);
    int[] sample = EnumerableWorld.sample(collapsed, 1000, new Random(9));
    assertThat(world.p[learned]).isLessThan(0.5);

    PointEstimate kl =
        Divergences.klTargetPolicyOnPolicy(
            EnumerableWorld.at(sample, logs(world.target)),
            EnumerableWorld.at(sample, logs(collapsed)),
            world.exactZ());

    assertThat(kl.isPresent()).isFalse();
  }

  @Test
  void aPolicyThatForbidsWhatTheTargetWantsIsInfinitelyFar() {
    PointEstimate divergence =
        Divergences.klTargetPolicy(
            new double[] {0, 0}, new double[] {0, Double.NEGATIVE_INFINITY}, world.exactZ());
    assertThat(divergence.value()).isInfinite().isPositive();
  }

  @Test
  void sequencesThatThePolicyNeverDrawsAddNothingToItsDistanceFromTheBaseModel() {
    double never = Double.NEGATIVE_INFINITY;
    assertThat(
            Divergences.klPolicyBase(
                    new double[] {0, never}, new double[] {-1, never}, new double[] {-2, -3})
                .value())
        .isEqualTo(0.5);
  }

  @Test
  void sequencesThatStandForTheTargetAreWeightedAndAreToBeEnough() {
    var z = new PartitionFunctionEstimate(Math.log(0.5), 0.1, 1000, 100, 100);
    double[] logTargets = new double[40];
    double[] logWeights = new double[40];
    double[] logPolicies = new double[40];
    for (int i = 0; i < 40; i++) {
      logTargets[i] = -3;
      logWeights[i] = i < 20 ? 0 : Math.log(3);
      logPolicies[i] = i < 20 ? -5 : -7;
    }
    PointEstimate kl = Divergences.klTargetPolicyOnTarget(logTargets, logWeights, logPolicies, z);
    assertThat(kl.value()).isCloseTo(0.25 * 2 + 0.75 * 4 - Math.log(0.5), within(1e-12));
    double ofMean = Math.sqrt(20 * (Math.pow(1.5 / 80, 2) + Math.pow(3 * 0.5 / 80, 2)));
    assertThat(kl.standardError()).isCloseTo(Math.hypot(ofMean, 0.1), within(2e-3));
    var later = new PartitionFunctionEstimate(Math.log(0.4), 0.1, 1000, 100, 100);
    assertThat(Divergences.rebased(kl.value(), z.value(), later.value()))
        .as("what the other Z gives")
        .isCloseTo(
            Divergences.klTargetPolicyOnTarget(logTargets, logWeights, logPolicies, later).value(),
            within(1e-12));
    assertThat(Divergences.rebased(1.5, Double.NaN, 0.4)).isEqualTo(1.5);
    assertThat(Divergences.rebased(1.5, 0.4, 0)).isEqualTo(1.5);
    double[] few = new double[19];
    assertThat(Divergences.klTargetPolicyOnTarget(few, few, few, z).isPresent()).isFalse();
    double[] oneCounts = new double[40];
    oneCounts[7] = 10;
    assertThat(
            Divergences.klTargetPolicyOnTarget(logTargets, oneCounts, logPolicies, z).isPresent())
        .isFalse();
  }

  @Test
  void momentsSurviveRatiosBeyondTheRangeOfDoubles() {
    PointEstimate moment =
        PointEstimate.underPolicy(new double[] {2000, 2000 + Math.log(3)}, new double[] {0, 1});
    assertThat(moment.value()).isCloseTo(0.75, within(1e-9));
    assertThat(
            PointEstimate.underPolicy(new double[] {Double.NEGATIVE_INFINITY}, new double[] {1})
                .isPresent())
        .isFalse();
  }

  @Test
  void aFeatureThatIsConstantHasThatMomentWithoutError() {
    PointEstimate moment =
        PointEstimate.underPolicy(
            new double[] {0.3, -2, 1.5, 0}, new double[] {0.4, 0.4, 0.4, 0.4});
    assertThat(moment.value()).isCloseTo(0.4, EXACTLY);
    assertThat(moment.standardError()).isCloseTo(0, EXACTLY);
  }

  private static void assertWithin(PointEstimate estimate, double truth) {
    assertThat(estimate.standardError()).isBetween(1e-6, 0.01);
    assertThat(estimate.value()).isCloseTo(truth, within(4 * estimate.standardError()));
  }

  private static double[] one(double value) {
    return new double[] {value};
  }
}
