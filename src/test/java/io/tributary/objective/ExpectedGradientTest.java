package io.tributary.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.config.objective.ObjectiveConfig.Divergence;
import io.tributary.config.objective.ObjectiveType.Baseline;
import io.tributary.testing.training.EnumerableWorld;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The expectation of an objective's gradient over all batches of two independent sequences, each
 * from a proposal of its own, is the gradient of what the objective aims at.
 */
class ExpectedGradientTest {
  private static final EnumerableWorld WORLD = new EnumerableWorld();
  private static final EnumerableWorld SOFT = new EnumerableWorld(phi -> Math.exp(1.3 * phi));
  private static final double BETA = 0.7;

  /**
   * An objective with what it makes as large as it can.
   *
   * @param aim of a policy
   * @param meanSignal of earlier batches
   */
  private record Case(
      String name,
      Objective objective,
      EnumerableWorld world,
      ToDoubleFunction<double[]> aim,
      double meanSignal) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (boolean normalise : new boolean[] {false, true}) {
      double unit = normalise ? 1 : WORLD.z;
      add(cases, new Gdc(false, normalise), pi -> -unit * EnumerableWorld.kl(WORLD.p, pi));
      add(cases, new Gdc(true, normalise), pi -> -unit * EnumerableWorld.kl(WORLD.p, pi));
    }
    for (Baseline baseline :
        List.of(Baseline.NONE, Baseline.LEAVE_ONE_OUT, Baseline.RUNNING_MEAN)) {
      for (double mean : new double[] {0.2, 5}) {
        Objective reinforce = new Reinforce(baseline);
        cases.add(
            new Case(
                reinforce + " " + mean, reinforce, WORLD, ExpectedGradientTest::meanReward, mean));
      }
    }
    for (boolean baseline : new boolean[] {false, true}) {
      add(cases, new KlControl(BETA, baseline), pi -> -BETA * EnumerableWorld.kl(pi, tilted()));
      for (Divergence divergence : Divergence.values()) {
        EnumerableWorld world = divergence == Divergence.REVERSE_KL ? SOFT : WORLD;
        Objective objective = new FDivergence(divergence, baseline);
        cases.add(
            new Case(
                objective.toString(),
                objective,
                world,
                pi -> -divergence(divergence, world.p, pi),
                0));
      }
    }
    return cases;
  }

  private static void add(List<Case> cases, Objective objective, ToDoubleFunction<double[]> aim) {
    cases.add(new Case(objective.toString(), objective, WORLD, aim, 0));
  }

  private static double meanReward(double[] pi) {
    return EnumerableWorld.expectation(pi, x -> WORLD.phi[x]);
  }

  /** p_z(x) ~ a(x) exp(r(x)/beta), Eq. (9). */
  private static double[] tilted() {
    return EnumerableWorld.softmax(
        EnumerableWorld.map(x -> Math.log(WORLD.a[x]) + WORLD.phi[x] / BETA));
  }

  private static double divergence(Divergence divergence, double[] p, double[] pi) {
    double[] middle = EnumerableWorld.mix(p, pi, 0.5);
    return switch (divergence) {
      case FORWARD_KL -> EnumerableWorld.kl(p, pi);
      case REVERSE_KL -> EnumerableWorld.kl(pi, p);
      case TOTAL_VARIATION -> EnumerableWorld.tvd(pi, p);
      case JENSEN_SHANNON -> EnumerableWorld.kl(pi, middle) + EnumerableWorld.kl(p, middle);
    };
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isThatOfWhatTheObjectiveAimsAtWhateverTheProposals(Case wanted) {
    EnumerableWorld world = wanted.world();
    double[] gradient = gradient(wanted.aim());
    double norm = Math.sqrt(Arrays.stream(gradient).map(g -> g * g).sum());
    for (List<double[]> proposals :
        List.of(
            List.of(world.q, world.olderQ),
            List.of(world.pi, world.pi),
            List.of(world.a, world.q))) {
      double[] expected = expectedUpdate(wanted, proposals.get(0), proposals.get(1));
      for (int i = 0; i < EnumerableWorld.SIZE; i++) {
        assertThat(expected[i]).isCloseTo(gradient[i], within(1e-7 * norm));
      }
    }
  }

  /** What the tests above would find if a level held the sequence that it is taken off. */
  @Test
  void aMeanThatHeldTheSequenceItselfWouldHalveTheGradientOfTwo() {
    Reinforce plain = new Reinforce(Baseline.NONE);
    double[] gradient = gradient(ExpectedGradientTest::meanReward);
    double[] biased = new double[EnumerableWorld.SIZE];
    forAllPairs(
        WORLD,
        WORLD.pi,
        WORLD.pi,
        0,
        (first, second, probability, batch) -> {
          double mean = Arrays.stream(plain.signals(batch)).average().orElseThrow();
          double[] c = plain.coefficients(batch, new double[] {mean, mean});
          biased[first] += probability * c[0] / 2;
          biased[second] += probability * c[1] / 2;
        });
    double[] update = update(WORLD.pi, biased);
    for (int i = 0; i < update.length; i++) {
      assertThat(update[i]).isCloseTo(gradient[i] / 2, within(1e-8));
    }
  }

  private interface PairVisitor {
    void visit(int first, int second, double probability, BatchValues batch);
  }

  private static void forAllPairs(
      EnumerableWorld world, double[] q1, double[] q2, double meanSignal, PairVisitor visitor) {
    BatchValues ones = world.values(q1, world.exactZ());
    BatchValues others = world.values(q2, world.exactZ());
    RunningEstimates estimates = new RunningEstimates(world.exactZ(), meanSignal);
    for (int x1 = 0; x1 < EnumerableWorld.SIZE; x1++) {
      for (int x2 = 0; x2 < EnumerableWorld.SIZE; x2++) {
        BatchValues pair =
            new BatchValues(
                new double[] {ones.logWeights()[x1], others.logWeights()[x2]},
                new double[] {ones.logProposals()[x1], others.logProposals()[x2]},
                new double[] {ones.logPolicies()[x1], others.logPolicies()[x2]},
                new double[] {ones.logBases()[x1], others.logBases()[x2]},
                new double[] {ones.rewards()[x1], others.rewards()[x2]},
                estimates);
        visitor.visit(x1, x2, q1[x1] * q2[x2], pair);
      }
    }
  }

  /** E[ 1/2 sum_i c_i grad log pi(x_i) ] over all pairs of sequences. */
  private static double[] expectedUpdate(Case wanted, double[] q1, double[] q2) {
    double[] coefficients = new double[EnumerableWorld.SIZE];
    Objective objective = wanted.objective();
    forAllPairs(
        wanted.world(),
        q1,
        q2,
        wanted.meanSignal(),
        (first, second, probability, batch) -> {
          double[] c = objective.coefficients(batch, objective.levels(batch));
          coefficients[first] += probability * c[0] / 2;
          coefficients[second] += probability * c[1] / 2;
        });
    return update(wanted.world().pi, coefficients);
  }

  /** sum_x c(x) grad log pi(x), where pi is the softmax of its logits. */
  private static double[] update(double[] pi, double[] coefficients) {
    double sum = Arrays.stream(coefficients).sum();
    return EnumerableWorld.map(i -> coefficients[i] - sum * pi[i]);
  }

  /** By central differences in the logits of pi. */
  private static double[] gradient(ToDoubleFunction<double[]> aim) {
    double step = 1e-5;
    return IntStream.range(0, EnumerableWorld.SIZE)
        .mapToDouble(
            i -> {
              double[] up = WORLD.policyLogits.clone();
              double[] down = WORLD.policyLogits.clone();
              up[i] += step;
              down[i] -= step;
              return (aim.applyAsDouble(EnumerableWorld.softmax(up))
                      - aim.applyAsDouble(EnumerableWorld.softmax(down)))
                  / (2 * step);
            })
        .toArray();
  }
}
