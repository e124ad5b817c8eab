package io.tributary.objective.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.config.ProposalConfig;
import io.tributary.config.ProposalConfig.Criterion;
import io.tributary.data.GuidedScores;
import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.data.TargetSample;
import io.tributary.objective.estimate.HeldOut.Standing;
import io.tributary.objective.estimate.ReplacementWindow.Decision;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Sequences of one token among 120, of which p allows the first 60, of these the first 15 being
 * milestones: a list of all of them is a sample of p with its own weights.
 */
class HeldOutTest {
  private static final int ALL = 120;
  private static final int ALLOWED = 60;
  private static final int MILESTONES = 15;
  private static final ProposalConfig CONFIG = config(Criterion.KL, 0);
  private static final double[] BASE = distribution(i -> 1 + i % 3);
  private static final PartitionFunctionEstimate Z =
      new PartitionFunctionEstimate(
          Math.log(Arrays.stream(BASE).limit(ALLOWED).sum()), 0, 1000, 100, 100);

  private static double[] distribution(IntToDoubleFunction weight) {
    double[] weights = IntStream.range(0, ALL).mapToDouble(weight).toArray();
    double sum = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(w -> w / sum).toArray();
  }

  private static double[] logs(double[] values) {
    return Arrays.stream(values).limit(ALLOWED).map(Math::log).toArray();
  }

  private static HeldOut heldOut(Criterion criterion, double confidence) {
    double[] logs = logs(BASE); // as weights: each once, where p draws it so often
    return new HeldOut(sample(logs, logs), config(criterion, confidence));
  }

  private static ProposalConfig config(Criterion criterion, double confidence) {
    return new ProposalConfig(
        criterion,
        ProposalConfig.Window.HELD_OUT,
        100,
        confidence,
        false,
        ProposalConfig.Guide.AUTO);
  }

  private static TargetSample sample(double[] logTargets, double[] logWeights) {
    return new TargetSample(
        IntStream.range(0, logTargets.length)
            .mapToObj(
                i ->
                    new TargetSample.Entry(
                        "", new int[] {i}, logTargets[i], logWeights[i], 1, logTargets[i]))
            .toList());
  }

  private static List<GuidedScores> scores(double[] policy) {
    double mass = Arrays.stream(policy).limit(MILESTONES).sum();
    return IntStream.range(0, ALLOWED)
        .mapToObj(
            i ->
                new GuidedScores(
                    new double[] {Math.log(policy[i])},
                    new double[] {mass},
                    new boolean[] {i < MILESTONES}))
        .toList();
  }

  private static Standing standing(double[] policy) {
    return heldOut(Criterion.KL, 0).standing(scores(policy));
  }

  private static double p(int i) {
    return BASE[i] / Math.exp(Z.logZ());
  }

  private static double kl(double[] policy) {
    return IntStream.range(0, ALLOWED).mapToDouble(i -> p(i) * Math.log(p(i) / policy[i])).sum();
  }

  private static double secondMoment(double[] policy, double strength) {
    double mass = Arrays.stream(policy).limit(MILESTONES).sum();
    return IntStream.range(0, ALLOWED)
        .mapToDouble(
            i -> {
              double q =
                  policy[i]
                      * Math.exp(i < MILESTONES ? strength : 0)
                      / (1 + Math.expm1(strength) * mass);
              return p(i) * BASE[i] / q;
            })
        .sum();
  }

  private static final double[] FEW_MILESTONES = distribution(i -> i < MILESTONES ? 0.05 : 1);

  @Test
  void divergencesAndEffectiveSampleSizesAreTheExactOnes() {
    HeldOut heldOut = heldOut(Criterion.KL, 0);
    Standing few = standing(FEW_MILESTONES);
    Standing base = standing(BASE);
    assertThat(heldOut.klTargetPolicy(few, Z).value()).isEqualTo(kl(FEW_MILESTONES), within(1e-9));
    assertThat(heldOut.klDifference(few, base).value())
        .isEqualTo(kl(FEW_MILESTONES) - kl(BASE), within(1e-9));
    assertThat(heldOut.effectiveSampleSizeRatio(base, Z))
        .isEqualTo(Math.exp(Z.logZ()) / secondMoment(BASE, base.guideStrength()), within(1e-9));
  }

  @Test
  void theGuideIsAsStrongAsMakesWeightsMostEven() {
    Standing few = standing(FEW_MILESTONES);
    double strength = few.guideStrength();
    assertThat(strength).isBetween(2.0, 4.0);
    assertThat(few.logSecondMoment())
        .isEqualTo(Math.log(secondMoment(FEW_MILESTONES, strength)), within(1e-9));
    for (double other : new double[] {0, strength - 0.25, strength + 0.25}) {
      assertThat(secondMoment(FEW_MILESTONES, other))
          .isGreaterThanOrEqualTo(secondMoment(FEW_MILESTONES, strength) - 1e-12);
    }
    double[] target = distribution(i -> i < ALLOWED ? BASE[i] : 0);
    assertThat(standing(target).guideStrength()).isZero();
  }

  @Test
  void aPolicyThatIsCloserReplacesTheProposalUnlessItsWeightsAreLessEven() {
    double[] closer = distribution(i -> i < ALLOWED ? 4 * BASE[i] : BASE[i]);
    // nearly all of p is drawn more often, one sequence hardly ever
    double[] blind = distribution(i -> i == 7 ? 1e-4 : i < ALLOWED ? 8 * BASE[i] : BASE[i]);
    assertThat(kl(blind)).isLessThan(kl(BASE));
    for (Criterion criterion : List.of(Criterion.KL, Criterion.TVD)) {
      HeldOut heldOut = heldOut(criterion, 0);
      assertThat(decision(heldOut, closer, BASE)).isEqualTo(Decision.ACCEPTED);
      assertThat(decision(heldOut, BASE, closer)).isEqualTo(Decision.REJECTED);
      assertThat(decision(heldOut, blind, BASE)).isEqualTo(Decision.REJECTED);
      assertThat(decision(heldOut, BASE, BASE)).isEqualTo(Decision.REJECTED);
    }
    assertThat(decision(heldOut(Criterion.KL, 1e6), FEW_MILESTONES, closer))
        .isEqualTo(Decision.INCONCLUSIVE);
    double[] broken = BASE.clone();
    broken[3] = Double.NaN;
    assertThat(decision(heldOut(Criterion.KL, 0), broken, BASE)).isEqualTo(Decision.REJECTED);
  }

  private static Decision decision(HeldOut heldOut, double[] policy, double[] proposal) {
    return heldOut.judge(standing(policy), standing(proposal), Z).decision();
  }

  /** One in 15 of p's sequences has a weight of 1, as all have; the guide makes none rarer. */
  @Test
  void theShareThatIsHardlyDrawnCountsSequencesByTheirWeight() {
    HeldOut heldOut = heldOut(Criterion.KL, 0);
    // p of sequences 1 and 7 is 151 and 99 times what the policy draws
    double[] blind =
        distribution(i -> i == 1 ? p(1) / 151 : i == 7 ? p(7) / 99 : i < ALLOWED ? p(i) : 0);
    double rest = 1 - p(1) * 150 / 151 - p(7) * 98 / 99; // what the distribution was divided by
    assertThat(99 * rest).isLessThan(100);
    assertThat(151 * rest).isGreaterThan(100);
    Standing standing = heldOut.standing(unguided(blind));
    assertThat(heldOut.missedShare(standing, Z)).isEqualTo(p(1), within(1e-12));
    assertThat(heldOut.missedShare(standing(BASE), Z)).isZero();
    assertThat(
            heldOut.missedShare(
                new Standing(standing.logPolicies(), 0, standing.logSecondMoment(), null), Z))
        .as("of an earlier version")
        .isNaN();
  }

  private static List<GuidedScores> unguided(double[] policy) {
    return IntStream.range(0, ALLOWED)
        .mapToObj(
            i ->
                new GuidedScores(new double[] {Math.log(policy[i])}, new double[1], new boolean[1]))
        .toList();
  }

  @Test
  void fewSequencesJudgeNothing() {
    assertThat(heldOut(Criterion.KL, 0).isEnough()).as("with unequal weights").isTrue();
    double[] equal = new double[20];
    assertThat(new HeldOut(sample(equal, equal), CONFIG).isEnough()).isTrue();
    assertThat(new HeldOut(sample(new double[19], new double[19]), CONFIG).isEnough()).isFalse();
  }
}
