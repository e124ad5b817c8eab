package io.tributary.objective.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.objective.estimate.DefensiveMixture.Part;
import io.tributary.testing.Slow;
import io.tributary.testing.training.EnumerableWorld;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DefensiveMixtureTest {
  private static final EnumerableWorld WORLD = new EnumerableWorld();

  private static Part part(int[] sample, double[] pi) {
    return new Part(
        EnumerableWorld.at(sample, EnumerableWorld.logs(WORLD.target)),
        EnumerableWorld.at(sample, EnumerableWorld.logs(pi)),
        EnumerableWorld.at(sample, EnumerableWorld.logs(WORLD.a)));
  }

  private static DefensiveMixture mixture(double[] pi, int ofPolicy, int ofBase, Random random) {
    return new DefensiveMixture(
        part(EnumerableWorld.sample(pi, ofPolicy, random), pi),
        part(EnumerableWorld.sample(WORLD.a, ofBase, random), pi));
  }

  /** Nearly none of p is left in it. */
  private static double[] collapsed() {
    return EnumerableWorld.softmax(
        EnumerableWorld.map(x -> Math.log(WORLD.a[x]) - (x % 3 == 1 && x > 4 ? 12 : 0)));
  }

  @Test
  void estimatesAgreeWithTheListedValuesAndTheirErrorShrinks() {
    double truth = EnumerableWorld.kl(WORLD.p, WORLD.pi);
    double before = Double.MAX_VALUE;
    for (int n : new int[] {500, 5_000, 50_000}) {
      DefensiveMixture mixture = mixture(WORLD.pi, n, n, new Random(n));
      PointEstimate z = mixture.partitionFunction();
      PointEstimate kl = mixture.klTargetPolicy();
      assertThat(z.value()).isCloseTo(WORLD.z, within(4 * z.standardError()));
      assertThat(kl.value()).isCloseTo(truth, within(4 * kl.standardError()));
      assertThat(kl.standardError()).isLessThan(before / 2);
      before = kl.standardError();
    }
  }

  @Slow
  @Test
  void theStandardErrorsAreHowFarTheEstimatesScatter() {
    for (double[] pi : new double[][] {WORLD.pi, collapsed()}) {
      int replicates = 1500;
      double[] z = new double[replicates];
      double[] kl = new double[replicates];
      double zError = 0;
      double klError = 0;
      Random random = new Random(8);
      for (int r = 0; r < replicates; r++) {
        DefensiveMixture mixture = mixture(pi, 600, 300, random);
        z[r] = mixture.partitionFunction().value();
        kl[r] = mixture.klTargetPolicy().value();
        zError += mixture.partitionFunction().standardError() / replicates;
        klError += mixture.klTargetPolicy().standardError() / replicates;
      }
      assertThat(Diagnostics.mean(z))
          .isCloseTo(WORLD.z, within(4 * zError / Math.sqrt(replicates)));
      assertThat(Math.sqrt(Diagnostics.variance(z)) / zError).isBetween(0.9, 1.1);
      assertThat(Math.sqrt(Diagnostics.variance(kl)) / klError).isBetween(0.9, 1.1);
    }
  }

  @Test
  void seesWhatThePolicyHasUnlearnedWhereItsOwnSamplesDoNot() {
    double[] pi = collapsed();
    double truth = EnumerableWorld.kl(WORLD.p, pi);
    assertThat(truth).isGreaterThan(5);
    PointEstimate kl = mixture(pi, 2000, 2000, new Random(3)).klTargetPolicy();
    assertThat(kl.value()).isCloseTo(truth, within(4 * kl.standardError()));
    assertThat(kl.standardError()).isLessThan(0.5);

    int[] own = EnumerableWorld.sample(pi, 4000, new Random(3));
    double[] logWeights = EnumerableWorld.at(own, WORLD.logWeights(pi));
    double ownZ = Math.exp(LogSpace.logSum(logWeights)) / own.length;
    assertThat(ownZ).isLessThan(0.7 * WORLD.z);
  }

  @Test
  void weightsAreBoundedByTheShareOfTheBaseModel() {
    DefensiveMixture mixture = mixture(collapsed(), 100, 300, new Random(5));
    assertThat(Arrays.stream(mixture.logWeights()).max().orElseThrow())
        .isLessThanOrEqualTo(Math.log(1 / 0.75) + 1e-12);
  }

  @Test
  void theBaseModelItselfAsPolicyHasTheDivergenceThatTheTargetHasFromIt() {
    DefensiveMixture mixture = mixture(WORLD.a, 20_000, 20_000, new Random(6));
    PointEstimate kl = mixture.klTargetPolicy();
    assertThat(kl.value())
        .isCloseTo(EnumerableWorld.kl(WORLD.p, WORLD.a), within(4 * kl.standardError()));
  }

  @Test
  void absentWhereNoSequenceHasAPositiveWeight() {
    int[] none = IntStream.range(0, 30).filter(x -> WORLD.phi[x] == 0).toArray();
    DefensiveMixture mixture = new DefensiveMixture(part(none, WORLD.pi), part(none, WORLD.pi));
    assertThat(mixture.klTargetPolicy().isPresent()).isFalse();
    assertThat(mixture.partitionFunction().isPresent()).isFalse();
  }

  @Test
  void arraysOfOneModelHaveOneLength() {
    assertThatThrownBy(() -> new Part(new double[2], new double[2], new double[3]))
        .hasMessageContaining("2 and 3");
  }
}
