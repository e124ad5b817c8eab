package io.tributary.objective.estimate;

import static io.tributary.objective.estimate.ReplacementWindow.Decision.ACCEPTED;
import static io.tributary.objective.estimate.ReplacementWindow.Decision.INCONCLUSIVE;
import static io.tributary.objective.estimate.ReplacementWindow.Decision.REJECTED;
import static io.tributary.testing.training.EnumerableWorld.kl;
import static io.tributary.testing.training.EnumerableWorld.logRatios;
import static io.tributary.testing.training.EnumerableWorld.mix;
import static io.tributary.testing.training.EnumerableWorld.tvd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import io.tributary.config.ProposalConfig.Criterion;
import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.objective.estimate.ReplacementWindow.Decision;
import io.tributary.objective.estimate.ReplacementWindow.Verdict;
import io.tributary.testing.training.EnumerableWorld;
import io.tributary.testing.training.PartitionFunctions;
import io.tributary.testing.training.ReplacementWindows;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReplacementWindowTest {
  private static final double NEVER = Double.NEGATIVE_INFINITY;
  private static final long CURRENT = 5;
  private static final PartitionFunctionEstimate ONE = new PartitionFunctionEstimate(0, 0, 1, 1, 1);
  private final EnumerableWorld world = new EnumerableWorld();

  @ParameterizedTest
  @EnumSource(names = {"KL", "TVD"})
  void agreesWithTheTrueSignInNearlyAllWindows(Criterion criterion) {
    Random random = new Random(21);
    int agreed = 0;
    int windows = 600;
    for (int i = 0; i < windows; i++) {
      boolean better = i % 2 == 0; // part of the way to p, or away from the better older proposal
      double[] policy = better ? mix(world.q, world.p, 0.7) : awayFromOlder(1);
      assertThat(kl(world.p, policy) < kl(world.p, world.q)).isEqualTo(better);
      assertThat(tvd(world.p, policy) < tvd(world.p, world.q)).isEqualTo(better);
      agreed += simulate(criterion, 0, policy, random) == (better ? ACCEPTED : REJECTED) ? 1 : 0;
    }
    assertThat(agreed).isGreaterThanOrEqualTo((int) (0.97 * windows));
  }

  @Test
  void withConfidenceAPolicyThatIsSlightlyWorseIsAllButNeverAccepted() {
    Random random = new Random(22);
    double[] policy = slightlyWorse();
    assertThat(kl(world.p, policy) - kl(world.p, world.q)).isBetween(0.001, 0.02);
    Map<Decision, Integer> without = new EnumMap<>(Decision.class);
    Map<Decision, Integer> with = new EnumMap<>(Decision.class);
    for (int i = 0; i < 300; i++) {
      without.merge(simulate(Criterion.KL, 0, policy, random), 1, Integer::sum);
      with.merge(simulate(Criterion.KL, 2, policy, random), 1, Integer::sum);
    }
    assertThat(without.get(ACCEPTED)).isGreaterThan(20);
    assertThat(without).doesNotContainKey(INCONCLUSIVE);
    assertThat(with.getOrDefault(ACCEPTED, 0)).isLessThan(8); // 2.3 % of 300, were it no worse
    assertThat(with.get(INCONCLUSIVE)).isGreaterThan(150);
  }

  /** q changed at random, but neither towards p nor away from it to first order. */
  private double[] slightlyWorse() {
    Random random = new Random(23);
    double[] noise = EnumerableWorld.map(x -> random.nextGaussian());
    double[] towardsP = EnumerableWorld.map(x -> world.p[x] - world.q[x]);
    double along = dot(noise, towardsP) / dot(towardsP, towardsP);
    return EnumerableWorld.softmax(
        EnumerableWorld.map(x -> Math.log(world.q[x]) + 0.1 * (noise[x] - along * towardsP[x])));
  }

  private static double dot(double[] first, double[] second) {
    return EnumerableWorld.expectation(EnumerableWorld.map(x -> 1), x -> first[x] * second[x]);
  }

  /** q (q / older q)^step, normalised: worse than q, since the older proposal is nearer to p. */
  private double[] awayFromOlder(double step) {
    return EnumerableWorld.softmax(
        EnumerableWorld.map(
            x -> (1 + step) * Math.log(world.q[x]) - step * Math.log(world.olderQ[x])));
  }

  /** Windows of ten batches, which hold sequences of older proposals too. */
  private Decision simulate(
      Criterion criterion, double confidence, double[] policy, Random random) {
    PartitionFunction partitionFunction = PartitionFunctions.running();
    partitionFunction.add(world.mixedSample(2_000, random).logWeights());
    ReplacementWindow window =
        ReplacementWindow.create(ReplacementWindows.config(criterion, confidence), CURRENT);
    for (int batch = 0; batch < 10; batch++) {
      int[] older = EnumerableWorld.sample(world.olderQ, 60, random);
      int[] current = EnumerableWorld.sample(world.q, 140, random);
      long[] versions = new long[200];
      Arrays.fill(versions, 0, 60, CURRENT - 1);
      Arrays.fill(versions, 60, 200, CURRENT);
      double[] logWeights =
          EnumerableWorld.join(
              EnumerableWorld.at(older, world.logWeights(world.olderQ)),
              EnumerableWorld.at(current, world.logWeights(world.q)));
      double[] logPolicyRatios =
          EnumerableWorld.join(
              EnumerableWorld.at(older, logRatios(policy, world.olderQ)),
              EnumerableWorld.at(current, logRatios(policy, world.q)));
      window.add(versions, logWeights, logPolicyRatios, partitionFunction.estimate());
      partitionFunction.add(logWeights);
    }
    Verdict verdict = window.decide(partitionFunction.estimate());
    assertThat(verdict.sequences()).isEqualTo(1_400);
    return verdict.decision();
  }

  @Test
  void theCriterionDecidesWhereTheDivergencesDisagree() {
    // q = (0.9, 1e-4, 0.0999), p = (0.9, 0.1, 0), pi = (0.6, 0.3, 0.1): KL 0.25 against 0.69,
    // TVD 0.3 against 0.1; each sequence as often as q draws it
    double[] logWeights = new double[10_000];
    double[] logPolicyRatios = new double[10_000];
    for (int j = 0; j < 10_000; j++) {
      logWeights[j] = j < 9_000 ? 0 : j == 9_000 ? Math.log(1_000) : NEVER;
      logPolicyRatios[j] =
          j < 9_000 ? Math.log(0.6 / 0.9) : j == 9_000 ? Math.log(3_000) : Math.log(0.1 / 0.0999);
    }
    Verdict kl = verdict(Criterion.KL, 0, logWeights, logPolicyRatios);
    Verdict tvd = verdict(Criterion.TVD, 0, logWeights, logPolicyRatios);
    assertThat(kl.decision()).isEqualTo(ACCEPTED);
    assertThat(kl.difference().value())
        .isCloseTo(0.9 * Math.log(1.5) - 0.1 * Math.log(3_000), within(1e-9));
    assertThat(tvd.decision()).isEqualTo(REJECTED);
    assertThat(tvd.difference().value()).isCloseTo(0.3 - 0.0999, within(1e-9));
  }

  @Property
  void theDifferenceIsThatOfTheTwoDivergences(
      @ForAll @Size(min = 2, max = 20) double[] anyNumbers,
      @ForAll @DoubleRange(min = -4, max = 4) double logZ) {
    double[] logWeights = Arrays.stream(anyNumbers).map(x -> x < -1 ? NEVER : x % 5).toArray();
    double[] logPolicyRatios = Arrays.stream(anyNumbers).map(x -> Math.sin(x) * 4).toArray();
    PartitionFunctionEstimate z = new PartitionFunctionEstimate(logZ, 0.1, 1, 1, 1);
    PointEstimate kl = difference(Criterion.KL, z, logWeights, logPolicyRatios);
    PointEstimate tvd = difference(Criterion.TVD, z, logWeights, logPolicyRatios);
    double klTruth =
        Divergences.klTargetPolicy(logWeights, logPolicyRatios, z).value()
            - Divergences.klTargetProposal(logWeights, z).value();
    double tvdTruth =
        Divergences.tvdTargetPolicy(logWeights, logPolicyRatios, z).value()
            - Divergences.tvdTargetProposal(logWeights, z).value();
    assertThat(kl.value()).isCloseTo(klTruth, within(1e-9 * (1 + Math.exp(6 - logZ))));
    assertThat(tvd.value()).isCloseTo(tvdTruth, within(1e-9 * (1 + Math.exp(6 - logZ))));
  }

  @Test
  void confidenceSaysHowManyStandardErrorsTheDifferenceMustBeFromZero() {
    // terms -w log v: -1, -3 and 1, 3: d = -2 or 2, standard error 1
    double[] logWeights = {0, 0};
    double[] better = {1, 3};
    double[] worse = {-1, -3};
    assertThat(verdict(Criterion.KL, 1.9, logWeights, better).decision()).isEqualTo(ACCEPTED);
    assertThat(verdict(Criterion.KL, 2.1, logWeights, better).decision()).isEqualTo(INCONCLUSIVE);
    assertThat(verdict(Criterion.KL, 1.9, logWeights, worse).decision()).isEqualTo(REJECTED);
    assertThat(verdict(Criterion.KL, 2.1, logWeights, worse).decision()).isEqualTo(INCONCLUSIVE);
    PointEstimate d = verdict(Criterion.KL, 0, logWeights, better).difference();
    assertThat(d.value()).isCloseTo(-2, within(1e-12));
    assertThat(d.standardError()).isCloseTo(1, within(1e-12));
  }

  @Test
  void anUncertainZDoesNotHoldBackWhatItsSignDoesNotDependOn() {
    PartitionFunctionEstimate uncertain = new PartitionFunctionEstimate(0, 0.9, 1, 1, 1);
    double[] logWeights = {0, 0, 0, 0};
    double[] better = {1, 1.1, 0.9, 1};
    Verdict verdict = window(Criterion.KL, 2, uncertain, logWeights, better).decide(uncertain);
    assertThat(verdict.decision()).isEqualTo(ACCEPTED);
    assertThat(verdict.difference().standardError()).isGreaterThan(0.9);
  }

  /** Sequences with p/q below, above and on either side between v and 1. */
  @ParameterizedTest
  @EnumSource(names = {"KL", "TVD"})
  void theErrorOfZEntersByTheDerivativeOfTheDifference(Criterion criterion) {
    double[] logWeights = {0, 0.8, -0.5, -3, 2, NEVER};
    double[] logPolicyRatios = {-1, 1, -1.2, -1, 1, 0.3};
    double logZ = 0.2;
    double step = 1e-6;
    double derivative =
        (difference(criterion, known(logZ + step), logWeights, logPolicyRatios).value()
                - difference(criterion, known(logZ - step), logWeights, logPolicyRatios).value())
            / (2 * step);
    PointEstimate exact = difference(criterion, known(logZ), logWeights, logPolicyRatios);
    PointEstimate uncertain =
        difference(
            criterion,
            new PartitionFunctionEstimate(logZ, 3, 1, 1, 1),
            logWeights,
            logPolicyRatios);
    assertThat(derivative).isNotZero();
    assertThat(uncertain.value()).isEqualTo(exact.value());
    assertThat(uncertain.standardError())
        .isCloseTo(Math.hypot(exact.standardError(), 3 * derivative), within(1e-6));
  }

  @Test
  void aPolicyThatIsTheProposalIsNoBetter() {
    assertThat(verdict(Criterion.KL, 0, new double[] {0, 1}, new double[2]).decision())
        .isEqualTo(REJECTED);
    assertThat(verdict(Criterion.TVD, 0, new double[] {0, 1}, new double[2]).decision())
        .isEqualTo(REJECTED);
  }

  @ParameterizedTest
  @EnumSource(names = {"KL", "TVD"})
  void withoutAPositiveWeightOfTheCurrentProposalNothingIsDecided(Criterion criterion) {
    ReplacementWindow window =
        ReplacementWindow.create(ReplacementWindows.config(criterion, 0), CURRENT);
    assertThat(window.decide(ONE).decision()).isEqualTo(INCONCLUSIVE);
    window.add(
        new long[] {CURRENT, CURRENT - 1}, new double[] {NEVER, 0}, new double[] {1, 1}, ONE);
    Verdict verdict = window.decide(ONE);
    assertThat(verdict.decision()).isEqualTo(INCONCLUSIVE);
    assertThat(verdict.sequences()).isEqualTo(1);
  }

  @Test
  void alwaysAcceptsWhateverTheWindowHolds() {
    assertThat(verdict(Criterion.ALWAYS, 3, new double[] {0}, new double[] {-1}).decision())
        .isEqualTo(ACCEPTED);
    ReplacementWindow empty =
        ReplacementWindow.create(ReplacementWindows.config(Criterion.ALWAYS, 0), CURRENT);
    assertThat(empty.decide(PartitionFunctions.running().estimate()).decision())
        .isEqualTo(ACCEPTED);
  }

  @ParameterizedTest
  @EnumSource
  void aPolicyWithoutFiniteProbabilitiesIsNeverAccepted(Criterion criterion) {
    double[] logWeights = {0, 0, NEVER};
    double[] logPolicyRatios = {5, 5, Double.NaN};
    assertThat(verdict(criterion, 0, logWeights, logPolicyRatios).decision()).isEqualTo(REJECTED);
  }

  @Test
  void weightsBeyondTheRangeOfDoublesAreJudged() {
    PartitionFunctionEstimate huge = new PartitionFunctionEstimate(2000, 0, 1, 1, 1);
    double[] logWeights = {2000, 2001};
    double[] logPolicyRatios = {1, -0.5};
    PointEstimate d = difference(Criterion.KL, huge, logWeights, logPolicyRatios);
    assertThat(d.value()).isCloseTo((-1 + Math.E / 2) / 2, within(1e-9));
    assertThat(
            difference(Criterion.TVD, ONE, new double[] {2000}, new double[] {Math.log(3)}).value())
        .isCloseTo(-1, within(1e-12));
  }

  @Test
  void afterAResetOnlyTheNewProposalsSequencesCount() {
    ReplacementWindow window =
        ReplacementWindow.create(ReplacementWindows.config(Criterion.KL, 0), CURRENT);
    window.add(new long[] {CURRENT}, new double[] {0}, new double[] {-7}, ONE);
    window.reset(CURRENT + 1);
    window.add(new long[] {CURRENT, CURRENT + 1}, new double[] {0, 0}, new double[] {-7, 2}, ONE);
    Verdict verdict = window.decide(ONE);
    assertThat(verdict.decision()).isEqualTo(ACCEPTED);
    assertThat(verdict.difference().value()).isEqualTo(-2);
    assertThat(verdict.sequences()).isEqualTo(1);
  }

  /** Against a policy that is nearer to p than q, but not as near as the first one was. */
  @ParameterizedTest
  @EnumSource(names = {"KL", "TVD"})
  void keepingTheBestRefusesWhatIsWorseThanTheLastOneWas(Criterion criterion) {
    double[] good = mix(world.q, world.p, 0.4);
    double[] fair = mix(world.q, world.p, 0.7);
    double[] better = mix(world.q, world.p, 0.3);
    ReplacementWindow window =
        ReplacementWindow.create(ReplacementWindows.keepingTheBest(criterion), CURRENT);
    assertThat(judge(window, world.q, good)).isEqualTo(ACCEPTED);
    window.reset(CURRENT + 1);
    // as if the proposal had turned out no better than q after all
    assertThat(judge(window, world.q, fair)).isEqualTo(REJECTED);
    window.reset(CURRENT + 1);
    assertThat(judge(window, world.q, better)).as("the best is still known").isEqualTo(ACCEPTED);
    window.reset(CURRENT + 2);
    assertThat(judge(window, world.q, good)).as("no longer the best").isEqualTo(REJECTED);

    ReplacementWindow forgetful =
        ReplacementWindow.create(ReplacementWindows.config(criterion, 0), CURRENT);
    assertThat(judge(forgetful, world.q, good)).isEqualTo(ACCEPTED);
    forgetful.reset(CURRENT + 1);
    assertThat(judge(forgetful, world.q, fair)).isEqualTo(ACCEPTED);
  }

  /** Z doubles between the two decisions, which moves both divergences alike. */
  @Test
  void theOrderOfTwoDivergencesDoesNotDependOnZ() {
    ReplacementWindow window =
        ReplacementWindow.create(ReplacementWindows.keepingTheBest(Criterion.KL), CURRENT);
    window.add(new long[] {CURRENT}, new double[] {1}, new double[] {0.5}, ONE);
    assertThat(window.decide(ONE).decision()).isEqualTo(ACCEPTED);
    window.reset(CURRENT + 1);
    window.add(new long[] {CURRENT + 1}, new double[] {1}, new double[] {0.4}, known(1));
    assertThat(window.decide(known(1)).decision()).isEqualTo(REJECTED);
    window.reset(CURRENT + 1);
    window.add(new long[] {CURRENT + 1}, new double[] {1}, new double[] {0.6}, known(-1));
    assertThat(window.decide(known(-1)).decision()).isEqualTo(ACCEPTED);
  }

  /** On all sequences, each as often as the proposal draws it 10,000 times. */
  private Decision judge(ReplacementWindow window, double[] proposal, double[] policy) {
    double[] logWeights = world.logWeights(proposal);
    double[] logPolicyRatios = logRatios(policy, proposal);
    for (int x = 0; x < EnumerableWorld.SIZE; x++) {
      int times = (int) Math.round(1e4 * proposal[x]);
      long[] versions = new long[times];
      Arrays.fill(versions, window.state().proposalVersion());
      double[] weights = new double[times];
      Arrays.fill(weights, logWeights[x]);
      double[] ratios = new double[times];
      Arrays.fill(ratios, logPolicyRatios[x]);
      window.add(versions, weights, ratios, world.exactZ());
    }
    return window.decide(world.exactZ()).decision();
  }

  @Test
  void aWindowOfAnotherCriterionIsNotGoneOnWith() {
    ReplacementWindow window =
        ReplacementWindow.create(ReplacementWindows.keepingTheBest(Criterion.KL), CURRENT);
    window.add(new long[] {CURRENT}, new double[] {0}, new double[] {3}, ONE);
    ReplacementWindow other =
        new ReplacementWindow(ReplacementWindows.keepingTheBest(Criterion.TVD), window.state());
    assertThat(other.decide(ONE).sequences()).isZero();
    assertThat(other.state().proposalVersion()).isEqualTo(CURRENT);
  }

  @ParameterizedTest
  @EnumSource
  void aCheckpointWrittenAsJsonGoesOnBitByBit(Criterion criterion) {
    Gson gson = new Gson();
    Random random = new Random(9);
    ReplacementWindow original =
        ReplacementWindow.create(ReplacementWindows.config(criterion, 1), CURRENT);
    ReplacementWindow restored =
        ReplacementWindow.create(ReplacementWindows.config(criterion, 1), CURRENT);
    for (int batch = 0; batch < 30; batch++) {
      String json = gson.toJson(restored.state());
      restored =
          new ReplacementWindow(
              ReplacementWindows.config(criterion, 1), gson.fromJson(json, WindowState.class));
      double[] logWeights = {NEVER, random.nextGaussian(), 9 * random.nextGaussian()};
      double[] logPolicyRatios = {
        random.nextGaussian(), random.nextGaussian(), batch == 20 ? Double.NaN : 0.1
      };
      long[] versions = {CURRENT, CURRENT, CURRENT - batch % 2};
      original.add(versions, logWeights, logPolicyRatios, ONE);
      restored.add(versions, logWeights, logPolicyRatios, ONE);
      assertThat(restored.state()).isEqualTo(original.state());
      assertThat(restored.decide(ONE)).isEqualTo(original.decide(ONE));
      if (batch % 7 == 6) {
        original.reset(CURRENT);
        restored.reset(CURRENT);
      }
    }
  }

  private static PartitionFunctionEstimate known(double logZ) {
    return new PartitionFunctionEstimate(logZ, 0, 1, 1, 1);
  }

  private static PointEstimate difference(
      Criterion criterion,
      PartitionFunctionEstimate z,
      double[] logWeights,
      double[] logPolicyRatios) {
    return window(criterion, 0, z, logWeights, logPolicyRatios).state().difference(z);
  }

  private static Verdict verdict(
      Criterion criterion, double confidence, double[] logWeights, double[] logPolicyRatios) {
    return window(criterion, confidence, ONE, logWeights, logPolicyRatios).decide(ONE);
  }

  private static ReplacementWindow window(
      Criterion criterion,
      double confidence,
      PartitionFunctionEstimate z,
      double[] logWeights,
      double[] logPolicyRatios) {
    ReplacementWindow window =
        ReplacementWindow.create(ReplacementWindows.config(criterion, confidence), CURRENT);
    long[] versions = new long[logWeights.length];
    Arrays.fill(versions, CURRENT);
    window.add(versions, logWeights, logPolicyRatios, z);
    return window;
  }

  @Test
  void everySequenceHasAVersion() {
    ReplacementWindow window =
        ReplacementWindow.create(ReplacementWindows.config(Criterion.KL, 0), CURRENT);
    assertThatThrownBy(
            () -> window.add(new long[1], new double[] {-1, -2}, new double[] {0, 0}, ONE))
        .hasMessage("1 proposal versions for 2 sequences");
  }
}
