package io.tributary.target.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import io.tributary.data.BadInputException;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.Factor;
import io.tributary.target.feature.Feature;
import io.tributary.target.feature.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FitTest {

  /** A feature whose values the test makes up. */
  private record Named(String name) implements Feature {
    @Override
    public double value(Text text) {
      throw new UnsupportedOperationException();
    }
  }

  private static Factor tilted(String name, double moment) {
    return new Factor.Tilted(new Named(name), moment, Double.NaN);
  }

  private static Factor given(String name, double lambda) {
    return new Factor.Tilted(new Named(name), Double.NaN, lambda);
  }

  private static Factor required(String name) {
    return new Factor.Required(new Named(name));
  }

  private static Factor forbidden(String name) {
    return new Factor.Forbidden(new Named(name));
  }

  private static EnergyBasedModel model(Factor... factors) {
    return new EnergyBasedModel(List.of(factors));
  }

  /** A sample of which {@code counts[i]} sequences have the values {@code values[i]}. */
  private static FeatureSample sample(int[] counts, double[]... values) {
    FeatureSample sample = new FeatureSample();
    for (int i = 0; i < counts.length; i++) {
      for (int j = 0; j < counts[i]; j++) {
        sample.add(values[i]);
      }
    }
    return sample;
  }

  private static double logit(double mean) {
    return Math.log(mean / (1 - mean));
  }

  @Test
  void oneBinaryFeatureHasAClosedForm() {
    Fit fit =
        Fit.of(
            model(tilted("a", 0.5)),
            sample(new int[] {30, 970}, new double[] {1}, new double[] {0}));
    double lambda = logit(0.5) - logit(0.03);
    assertThat(fit.target().lambdas().get("a")).isCloseTo(lambda, within(1e-9));
    assertThat(fit.target().isFitted()).isTrue();
    assertThat(fit.moments().get("a")).isCloseTo(0.5, within(1e-9));
    assertThat(fit.desired()).containsExactly(entry("a", 0.5));
    assertThat(fit.logZ()).isCloseTo(Math.log(0.97 + 0.03 * Math.exp(lambda)), within(1e-9));
    // lambda = logit(moment) - logit(rate), and the rate is a mean of 1,000
    double rateError = Math.sqrt(0.03 * 0.97 / 999);
    assertThat(fit.lambdaErrors().get("a")).isCloseTo(rateError / (0.03 * 0.97), within(1e-9));
    assertThat(fit.momentErrors().get("a"))
        .isCloseTo(0.25 * rateError / (0.03 * 0.97), within(1e-9));
    assertThat(fit.largestError()).isEqualTo(fit.momentErrors().get("a"));
    assertThat(fit.effectiveSampleSize()).isCloseTo(1 / (0.25 / 30 + 0.25 / 970), within(1e-6));
    assertThat(fit.sequences()).isEqualTo(1000);
  }

  /** Probabilities of a few vectors of two dependent binary features and a length. */
  private static final double[][] WORLD = {
    {0, 0, 3}, {0, 0, 9}, {1, 0, 4}, {1, 0, 12}, {0, 1, 7}, {1, 1, 5}, {1, 1, 8}
  };

  private static final double[] BASE = {0.4, 0.3, 0.1, 0.06, 0.09, 0.03, 0.02};

  /** Moments under probabilities proportional to {@code BASE exp(lambda . phi)}. */
  private static double[] moments(double[] lambdas) {
    double[] moments = new double[3];
    double z = 0;
    for (int j = 0; j < WORLD.length; j++) {
      double weight = BASE[j];
      for (int i = 0; i < 3; i++) {
        weight *= Math.exp(lambdas[i] * WORLD[j][i]);
      }
      z += weight;
      for (int i = 0; i < 3; i++) {
        moments[i] += weight * WORLD[j][i];
      }
    }
    double total = z;
    return Arrays.stream(moments).map(moment -> moment / total).toArray();
  }

  private static FeatureSample draws(int n, Random random) {
    FeatureSample sample = new FeatureSample();
    for (int k = 0; k < n; k++) {
      double uniform = random.nextDouble();
      int j = 0;
      while (j < BASE.length - 1 && uniform > BASE[j]) {
        uniform -= BASE[j++];
      }
      sample.add(WORLD[j]);
    }
    return sample;
  }

  @Test
  void standardErrorsAreThoseOfManySamples() {
    double[] truth = {1.2, 0.7, -0.15};
    double[] desired = moments(truth);
    EnergyBasedModel model =
        model(tilted("a", desired[0]), tilted("b", desired[1]), tilted("c", desired[2]));
    Random random = new Random(3);
    int repetitions = 300;
    double[] ofLambda = new double[3]; // squared deviations in standard errors
    double[] ofMoment = new double[3];
    double ofZ = 0;
    for (int r = 0; r < repetitions; r++) {
      Fit fit = Fit.of(model, draws(1500, random));
      double[] lambdas =
          fit.target().lambdas().values().stream().mapToDouble(Double::doubleValue).toArray();
      double[] achieved = moments(lambdas);
      for (int i = 0; i < 3; i++) {
        String name = List.of("a", "b", "c").get(i);
        ofLambda[i] += square((lambdas[i] - truth[i]) / fit.lambdaErrors().get(name));
        ofMoment[i] += square((achieved[i] - desired[i]) / fit.momentErrors().get(name));
        assertThat(fit.moments().get(name)).isCloseTo(desired[i], within(1e-8));
      }
      double z = 0;
      for (int j = 0; j < WORLD.length; j++) {
        z += BASE[j] * Math.exp(fit.target().logFactor(WORLD[j]));
      }
      ofZ += square((fit.logZ() - Math.log(z)) / fit.relativeErrorOfZ());
    }
    double spread = 4 * Math.sqrt(2.0 / repetitions);
    for (int i = 0; i < 3; i++) {
      assertThat(ofLambda[i] / repetitions).isCloseTo(1, within(spread + 0.05));
      assertThat(ofMoment[i] / repetitions).isCloseTo(1, within(spread + 0.05));
    }
    assertThat(ofZ / repetitions).isCloseTo(1, within(spread + 0.05));
  }

  private static double square(double value) {
    return value * value;
  }

  @Test
  void momentsOfAnyLambdasAreFoundAgainHoweverFarTheyAre() {
    Random random = new Random(7);
    for (int trial = 0; trial < 300; trial++) {
      int n = 1 + random.nextInt(5);
      FeatureSample sample = dependentSample(n, random);
      List<Factor> factors = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        factors.add(given("f" + i, 3 * random.nextGaussian()));
      }
      Fit truth = Fit.of(new EnergyBasedModel(factors), sample);
      List<Factor> asked = new ArrayList<>();
      truth.moments().forEach((name, moment) -> asked.add(tilted(name, moment)));
      Fit fit = Fit.of(new EnergyBasedModel(asked), sample);
      truth
          .moments()
          .forEach(
              (name, moment) ->
                  assertThat(fit.moments().get(name)).isCloseTo(moment, within(1e-8)));
    }
  }

  /** Features that follow one another more often than not, some of them rare, one not binary. */
  private static FeatureSample dependentSample(int n, Random random) {
    double[] rates = random.doubles(n, 0.02, 0.9).toArray();
    FeatureSample sample = new FeatureSample();
    for (int k = 0; k < 3000; k++) {
      double common = random.nextDouble();
      double[] values = new double[n];
      for (int i = 0; i < n; i++) {
        values[i] = (random.nextInt(3) > 0 ? common : random.nextDouble()) < rates[i] ? 1 : 0;
      }
      values[n - 1] = random.nextInt(6) + values[n - 1];
      sample.add(values);
    }
    return sample;
  }

  @Test
  void hardConstraintsLimitWhatIsWeighted() {
    // values: required, forbidden, fitted
    Fit fit =
        Fit.of(
            model(required("r"), forbidden("f"), tilted("a", 0.8)),
            sample(
                new int[] {10, 40, 500, 450},
                new double[] {1, 0, 1},
                new double[] {1, 0, 0},
                new double[] {0, 0, 1},
                new double[] {1, 1, 1}));
    assertThat(fit.target().lambdas().get("a")).isCloseTo(logit(0.8) - logit(0.2), within(1e-9));
    assertThat(fit.moments().get("r")).isEqualTo(1);
    assertThat(fit.moments().get("f")).isEqualTo(0);
    assertThat(fit.momentErrors().get("r")).isEqualTo(0);
    assertThat(fit.lambdaErrors().keySet()).containsExactly("a");
    double lambda = fit.target().lambdas().get("a");
    assertThat(fit.logZ()).isCloseTo(Math.log(0.01 * Math.exp(lambda) + 0.04), within(1e-9));
  }

  @Test
  void withoutAnythingToFitMomentsAndZAreMeasured() {
    FeatureSample sample = sample(new int[] {20, 80}, new double[] {1}, new double[] {0});
    Fit pointwise = Fit.of(model(required("a")), sample);
    assertThat(pointwise.target().lambdas()).isEmpty();
    assertThat(pointwise.lambdaErrors()).isEmpty();
    assertThat(Math.exp(pointwise.logZ())).isCloseTo(0.2, within(1e-12));
    assertThat(pointwise.relativeErrorOfZ() * 0.2)
        .isCloseTo(Math.sqrt(0.2 * 0.8 / 99), within(1e-12));
    assertThat(pointwise.effectiveSampleSize()).isCloseTo(20, within(1e-9));
    assertThat(pointwise.largestError()).isZero();

    Fit rewarded = Fit.of(model(given("a", 1000)), sample);
    assertThat(rewarded.desired()).isEmpty();
    assertThat(rewarded.moments().get("a")).isEqualTo(1);
    assertThat(rewarded.logZ()).isCloseTo(1000 + Math.log(0.2), within(1e-9));
  }

  private static void assertRefused(EnergyBasedModel model, FeatureSample sample, String... parts) {
    assertThatThrownBy(() -> Fit.of(model, sample))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("target.features: ")
        .hasMessageContainingAll(parts);
  }

  @Test
  void aFeatureThatNeverOrAlwaysOccursIsRefused() {
    FeatureSample never = sample(new int[] {5, 5}, new double[] {0, 1}, new double[] {0, 0});
    assertRefused(
        model(tilted("never", 0.5), tilted("b", 0.5)),
        never,
        "\"never\" never occurs in the 10 sequences",
        "the moment 0.5",
        "target.fit.sequences");
    FeatureSample always = sample(new int[] {5, 5}, new double[] {1, 1}, new double[] {1, 0});
    assertRefused(
        model(tilted("always", 0.5), tilted("b", 0.5)), always, "\"always\" always occurs");
    assertRefused(
        model(required("b"), tilted("a", 0.5)),
        sample(new int[] {5, 5}, new double[] {1, 1}, new double[] {0, 0}),
        "\"a\" always occurs in the 5 of 10 sequences",
        "that satisfy the hard constraints");
  }

  @Test
  void aMomentBeyondAllValuesIsRefused() {
    FeatureSample lengths =
        sample(new int[] {5, 5, 5}, new double[] {3}, new double[] {4}, new double[] {9});
    for (double moment : new double[] {2, 3, 9, 12}) {
      assertRefused(
          model(tilted("length", moment)), lengths, "\"length\" is from 3.0 to 9.0", "" + moment);
    }
    assertThat(Fit.of(model(tilted("length", 8.9)), lengths).moments().get("length"))
        .isCloseTo(8.9, within(1e-8));
  }

  @Test
  void momentsThatExcludeEachOtherAreRefusedAndOnlyThoseToBlameAreNamed() {
    FeatureSample exclusive =
        sample(
            new int[] {10, 10, 10, 10, 10},
            new double[] {1, 0, 0},
            new double[] {0, 1, 0},
            new double[] {0, 0, 0},
            new double[] {1, 0, 1},
            new double[] {0, 1, 1});
    assertThatThrownBy(
            () -> Fit.of(model(tilted("a", 0.7), tilted("b", 0.7), tilted("c", 0.5)), exclusive))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("the moments of \"a\" (0.7) and \"b\" (0.7) are impossible together")
        .hasMessageNotContaining("\"c\"");
    assertRefused( // only where both are at their limit
        model(tilted("a", 0.6), tilted("b", 0.4), tilted("c", 0.5)),
        exclusive,
        "\"a\" (0.6) and \"b\" (0.4)");
    Fit fit = Fit.of(model(tilted("a", 0.6), tilted("b", 0.39), tilted("c", 0.5)), exclusive);
    assertThat(fit.moments().get("b")).isCloseTo(0.39, within(1e-8));
  }

  @Test
  void threeFeaturesMayExcludeEachOtherThoughNoTwoDo() {
    FeatureSample pairs =
        sample(
            new int[] {10, 10, 10, 10},
            new double[] {1, 1, 0},
            new double[] {1, 0, 1},
            new double[] {0, 1, 1},
            new double[] {0, 0, 0});
    assertRefused(
        model(tilted("a", 0.7), tilted("b", 0.7), tilted("c", 0.7)),
        pairs,
        "\"a\" (0.7), \"b\" (0.7) and \"c\" (0.7) are impossible together");
    Fit fit = Fit.of(model(tilted("a", 0.7), tilted("b", 0.6), tilted("c", 0.6)), pairs);
    assertThat(fit.moments().get("c")).isCloseTo(0.6, within(1e-8));
  }

  @Test
  void featuresThatFollowFromOthersAreRefused() {
    FeatureSample twice =
        sample(
            new int[] {10, 10, 10},
            new double[] {1, 1, 0},
            new double[] {0, 0, 1},
            new double[] {0, 0, 0});
    assertThatThrownBy(
            () -> Fit.of(model(tilted("a", 0.4), tilted("b", 0.4), tilted("c", 0.1)), twice))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("\"a\" and \"b\" depend on each other")
        .hasMessageNotContaining("\"c\"");
    assertRefused(
        model(tilted("a", 0.4), tilted("b", 0.3), tilted("c", 0.1)),
        twice,
        "\"a\" (0.4) and \"b\" (0.3) are impossible together");
  }

  @Test
  void hardConstraintsThatNothingSatisfiesAreRefusedByName() {
    FeatureSample sample =
        sample(
            new int[] {10, 10, 5},
            new double[] {1, 0, 1},
            new double[] {0, 1, 1},
            new double[] {0, 0, 1});
    assertRefused(
        model(required("a"), required("b"), required("c")),
        sample,
        "none of 25 sequences",
        "\"a\" = 1 and \"b\" = 1 together",
        "leave one of them out");
    assertRefused(
        model(required("a"), required("b"), forbidden("c")),
        sample,
        "\"c\" occurs in each of 25 sequences",
        "moment = 0");
    assertRefused(
        model(forbidden("a"), required("b"), forbidden("b2")),
        sample(new int[] {5, 5}, new double[] {0, 0, 0}, new double[] {0, 0, 1}),
        "\"b\" occurs in none of 10 sequences");
  }
}
