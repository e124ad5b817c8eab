package io.tributary.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.objective.PrefixCredit.Contribution;
import io.tributary.objective.PrefixCredit.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * In a world of three tokens and all sequences of four, whose models are tables, the expectation of
 * what a sequence contributes is the gradient with respect to every logit, whatever the proposal.
 */
class PrefixCreditTest {
  private static final int VOCABULARY = 3;
  private static final int LENGTH = 4;
  private static final List<int[]> SEQUENCES =
      IntStream.range(0, (int) Math.pow(VOCABULARY, LENGTH))
          .mapToObj(PrefixCreditTest::sequence)
          .toList();

  private static int[] sequence(int number) {
    int[] tokens = new int[LENGTH];
    for (int t = 0, left = number; t < LENGTH; t++, left /= VOCABULARY) {
      tokens[t] = left % VOCABULARY;
    }
    return tokens;
  }

  /** The probabilities of the next token after each beginning. */
  private static final class Model {
    private final Map<List<Integer>, double[]> next = new HashMap<>();

    Model(long seed, double spread, double first) {
      Random random = new Random(seed);
      for (int[] tokens : SEQUENCES) {
        for (int t = 0; t < LENGTH; t++) {
          next.computeIfAbsent(
              beginning(tokens, t),
              of -> {
                double[] logits = random.doubles(VOCABULARY, -spread, spread).toArray();
                logits[0] += first;
                return softmax(logits);
              });
        }
      }
    }

    double[] logProbs(int[] tokens) {
      double[] logProbs = new double[LENGTH];
      Arrays.setAll(logProbs, t -> Math.log(next.get(beginning(tokens, t))[tokens[t]]));
      return logProbs;
    }

    double probability(int[] tokens) {
      return Math.exp(Arrays.stream(logProbs(tokens)).sum());
    }
  }

  private static List<Integer> beginning(int[] tokens, int count) {
    return Arrays.stream(tokens).limit(count).boxed().toList();
  }

  private static double[] softmax(double[] logits) {
    double sum = Arrays.stream(logits).map(Math::exp).sum();
    return Arrays.stream(logits).map(logit -> Math.exp(logit) / sum).toArray();
  }

  private static final Model BASE = new Model(1, 1, -1.5);
  private static final Model POLICY = new Model(2, 1, -0.5);
  private static final List<Model> PROPOSALS =
      List.of(POLICY, BASE, new Model(3, 1, -1), new Model(4, 0.5, 0.5));

  /**
   * A target.
   *
   * @param factor b
   * @param decidedAt number of tokens that decide it
   */
  private record Target(
      String name, Function<int[], Double> factor, ToIntFunction<int[]> decidedAt) {
    double z() {
      return SEQUENCES.stream().mapToDouble(x -> BASE.probability(x) * factor.apply(x)).sum();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** Token 0 is a word that token 2 would make another one of. */
  private static int decidedAt(int[] tokens) {
    for (int t = 0; t + 1 < LENGTH; t++) {
      if (tokens[t] == 0 && tokens[t + 1] != 2) {
        return t + 2;
      }
    }
    return LENGTH;
  }

  private static boolean has(int[] tokens) {
    return decidedAt(tokens) < LENGTH
        || tokens[LENGTH - 1] == 0
        || (tokens[LENGTH - 2] == 0 && tokens[LENGTH - 1] != 2);
  }

  private static boolean repeats(int[] tokens) {
    return tokens[0] == tokens[1];
  }

  private static final List<Target> TARGETS =
      List.of(
          new Target("a word", x -> has(x) ? 1.0 : 0, PrefixCreditTest::decidedAt),
          new Target("exp(lambda phi)", x -> has(x) ? 5.0 : 1, PrefixCreditTest::decidedAt),
          new Target(
              "a word of few",
              x -> (has(x) ? 1.0 : 0) * (repeats(x) ? 0.3 : 1),
              x -> Math.max(2, decidedAt(x))),
          new Target(
              "a word, and no repetition, which the second token rules out",
              x -> has(x) && !repeats(x) ? 1.0 : 0,
              x -> repeats(x) ? 2 : Math.max(2, decidedAt(x))),
          new Target("no continuation changes anything", x -> 1.0, x -> 0));

  /**
   * What is tried.
   *
   * @param mixed whether sequences come from two proposals
   * @param kappa of the control variate
   */
  private record Case(Target target, PrefixCredit credit, boolean mixed, double kappa) {}

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Target target : TARGETS) {
      for (int bits = 0; bits < 32; bits++) {
        cases.add(
            new Case(
                target,
                new PrefixCredit((bits & 1) > 0, (bits & 2) > 0, (bits & 4) > 0),
                (bits & 8) > 0,
                (bits & 16) > 0 ? 0.7 : 0));
      }
    }
    return cases;
  }

  /** Before each token, those that would bring the word or what may become it: 0 or 1. */
  private static int[][] milestones(int[] tokens) {
    int[][] milestones = new int[LENGTH][];
    int decided = decidedAt(tokens);
    for (int t = 0; t < LENGTH; t++) {
      boolean none = t >= decided || (t > 0 && tokens[t - 1] == 0);
      milestones[t] = none ? new int[0] : t == 1 ? new int[] {0, 1} : new int[] {0};
    }
    return milestones;
  }

  private static MilestoneControl control(int[] tokens, Model proposal) {
    int[][] milestones = milestones(tokens);
    List<Double> bases = new ArrayList<>();
    for (int t = 0; t < LENGTH; t++) {
      double[] next = BASE.next.get(beginning(tokens, t));
      Arrays.stream(milestones[t]).forEach(v -> bases.add(next[v]));
    }
    return MilestoneControl.of(
        milestones,
        bases.stream().mapToDouble(Double::doubleValue).toArray(),
        tokens,
        BASE.logProbs(tokens),
        proposal.logProbs(tokens));
  }

  /** Gradients by beginning and token. */
  private static final class Gradient {
    private final Map<List<Integer>, double[]> byLogit = new HashMap<>();

    void add(int[] tokens, int t, double[] change, double factor) {
      double[] sum = byLogit.computeIfAbsent(beginning(tokens, t), of -> new double[VOCABULARY]);
      for (int v = 0; v < VOCABULARY; v++) {
        sum[v] += factor * change[v];
      }
    }

    double square() {
      return byLogit.values().stream().flatMapToDouble(Arrays::stream).map(g -> g * g).sum();
    }
  }

  /** c grad log pi(x_t) - k grad KL(a||pi) with respect to the logits, at each token. */
  private static void add(Gradient to, int[] tokens, Contribution contribution, double factor) {
    for (int t = 0; t < LENGTH; t++) {
      double[] pi = POLICY.next.get(beginning(tokens, t));
      double[] a = BASE.next.get(beginning(tokens, t));
      double c = contribution.coefficients()[t];
      double k = contribution.divergences()[t];
      double[] change = new double[VOCABULARY];
      for (int v = 0; v < VOCABULARY; v++) {
        change[v] = c * ((v == tokens[t] ? 1 : 0) - pi[v]) - k * (pi[v] - a[v]);
      }
      if (contribution.milestones().length > 0) {
        int[] milestones = milestones(tokens)[t];
        for (int j = 0; j < milestones.length; j++) {
          double m = contribution.milestones()[t][j];
          for (int v = 0; v < VOCABULARY; v++) {
            change[v] += m * ((v == milestones[j] ? 1 : 0) - pi[v]);
          }
        }
      }
      to.add(tokens, t, change, factor);
    }
  }

  private static Contribution contribution(
      PrefixCredit credit, Target target, int[] tokens, Model proposal) {
    return contribution(credit, target, tokens, proposal, 1);
  }

  private static Contribution contribution(
      PrefixCredit credit, Target target, int[] tokens, Model proposal, double level) {
    return credit.of(
        new Tokens(
            Math.log(target.factor().apply(tokens)),
            target.decidedAt().applyAsInt(tokens),
            BASE.logProbs(tokens),
            proposal.logProbs(tokens),
            POLICY.logProbs(tokens)),
        new PartitionFunctionEstimate(Math.log(target.z()), 0, 1, 1, 1),
        level,
        true);
  }

  private static Gradient expected(Case tried, List<Model> proposals) {
    Gradient gradient = new Gradient();
    for (Model proposal : proposals) {
      for (int[] tokens : SEQUENCES) {
        add(
            gradient,
            tokens,
            control(tokens, proposal)
                .addTo(
                    contribution(
                        tried.credit(), tried.target(), tokens, proposal, 1 - tried.kappa()),
                    tried.kappa()),
            proposal.probability(tokens) / proposals.size());
      }
    }
    return gradient;
  }

  /** - Z grad KL(p||pi), or - grad KL(p||pi). */
  private static Gradient exact(Target target, boolean divided) {
    Gradient gradient = new Gradient();
    for (int[] tokens : SEQUENCES) {
      double p = BASE.probability(tokens) * target.factor().apply(tokens);
      double[] ones = new double[LENGTH];
      Arrays.fill(ones, 1);
      add(
          gradient,
          tokens,
          new Contribution(ones, new double[LENGTH]),
          p / (divided ? target.z() : 1));
    }
    return gradient;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theExpectedGradientIsTheExactOne(Case tried) {
    Gradient exact = exact(tried.target(), tried.credit().normaliseByZ());
    List<List<Model>> proposals =
        tried.mixed()
            ? List.of(PROPOSALS.subList(0, 2), PROPOSALS.subList(2, 4), PROPOSALS)
            : PROPOSALS.stream().map(List::of).toList();
    for (List<Model> from : proposals) {
      Gradient expected = expected(tried, from);
      exact.byLogit.forEach(
          (beginning, gradient) -> {
            for (int v = 0; v < VOCABULARY; v++) {
              assertThat(expected.byLogit.get(beginning)[v])
                  .as("%s, token %d", beginning, v)
                  .isCloseTo(gradient[v], within(1e-12));
            }
          });
    }
  }

  /** E||G||^2 of one sequence, from a proposal. */
  private static double secondMoment(Model proposal, Function<int[], Contribution> contribution) {
    double sum = 0;
    for (int[] tokens : SEQUENCES) {
      Gradient single = new Gradient();
      add(single, tokens, contribution.apply(tokens), 1);
      sum += proposal.probability(tokens) * single.square();
    }
    return sum;
  }

  /** Algorithm 1: all tokens have the coefficient of the sequence. */
  private static Contribution ofSequence(Target target, int[] tokens, Model proposal) {
    double p = BASE.probability(tokens) * target.factor().apply(tokens) / target.z();
    double[] coefficients = new double[LENGTH];
    Arrays.fill(coefficients, (p - POLICY.probability(tokens)) / proposal.probability(tokens));
    return new Contribution(coefficients, new double[LENGTH]);
  }

  @Test
  void noiseOfATokenAndOfWhatFollowsItIsGone() {
    Target word = TARGETS.get(0);
    for (Model proposal : PROPOSALS) {
      double whole = secondMoment(proposal, x -> ofSequence(word, x, proposal));
      double prefix =
          secondMoment(
              proposal, x -> contribution(new PrefixCredit(true, true, false), word, x, proposal));
      double distilled =
          secondMoment(
              proposal, x -> contribution(new PrefixCredit(true, true, true), word, x, proposal));
      assertThat(prefix).as("prefix weights").isLessThan(whole);
      assertThat(distilled).as("distillation").isLessThan(prefix);
    }
  }

  @Test
  void milestonesTakeNoiseAwayWhereTheyAreRare() {
    Model rare = new Model(1, 1, -5);
    Target word = TARGETS.get(0);
    PrefixCredit credit = new PrefixCredit(true, false, true);
    // with q = pi = a the baseline is that of a, as in a batch at the beginning
    double without = 0;
    double with = 0;
    double products = 0;
    double squares = 0;
    double z = SEQUENCES.stream().mapToDouble(x -> has(x) ? rare.probability(x) : 0).sum();
    for (int pass = 0; pass < 2; pass++) {
      for (int[] x : SEQUENCES) {
        double[] logs = rare.logProbs(x);
        Contribution own =
            credit.of(
                new Tokens(Math.log(word.factor().apply(x)), decidedAt(x), logs, logs, logs),
                new PartitionFunctionEstimate(Math.log(z), 0, 1, 1, 1),
                1,
                false);
        int[][] milestones = milestones(x);
        milestones[1] = x[0] == 0 ? new int[0] : new int[] {0};
        double[] bases =
            IntStream.range(0, LENGTH)
                .boxed()
                .flatMapToDouble(
                    t ->
                        Arrays.stream(milestones[t])
                            .mapToDouble(v -> rare.next.get(beginning(x, t))[v]))
                .toArray();
        MilestoneControl control = MilestoneControl.of(milestones, bases, x, logs, logs);
        double q = rare.probability(x);
        double first = own.coefficients()[0];
        double variate = control.variates(1)[0];
        if (pass == 0) {
          products += q * first * variate;
          squares += q * variate * variate;
        } else {
          double controlled = first - products / squares * variate;
          without += q * first * first;
          with += q * controlled * controlled;
        }
      }
    }
    assertThat(with).isLessThan(without / 3);
  }
}
