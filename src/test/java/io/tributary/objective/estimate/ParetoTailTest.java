package io.tributary.objective.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParetoTailTest {
  /** Written by src/test/r/pareto_k.R with the R package loo. */
  private static final Path RECORDED = Path.of("src/test/resources/objective/pareto_k.tsv");

  static Stream<List<String>> recorded() throws IOException {
    return Files.readAllLines(RECORDED).stream().skip(1).map(line -> List.of(line.split("\t")));
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void agreesWithTheAuthorsOwnProgram(List<String> recorded) {
    double k = Double.parseDouble(recorded.get(1));
    int n = Integer.parseInt(recorded.get(2));
    double[] logWeights = logWeights(n, quantiles(recorded.get(0), k));
    assertThat(ParetoTail.shape(logWeights))
        .isCloseTo(Double.parseDouble(recorded.get(3)), within(1e-9));
  }

  private static DoubleUnaryOperator quantiles(String name, double k) {
    return switch (name) {
      case "pareto" -> u -> -k * Math.log1p(-u);
      case "generalised_pareto" -> u -> Math.log((Math.pow(1 - u, -k) - 1) / k);
      case "log_logistic" -> u -> k * Math.log(u / (1 - u));
      case "exponential" -> u -> k * Math.log(-Math.log1p(-u));
      case "power" -> u -> k * Math.log(u);
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** Of the numbers that the recorded weights are functions of. */
  private static double[] logWeights(int n, DoubleUnaryOperator quantile) {
    double golden = (1 + Math.sqrt(5)) / 2;
    return IntStream.rangeClosed(1, n).mapToDouble(i -> i * golden % 1).map(quantile).toArray();
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.5, 0.1, 0.5, 0.9, 2})
  void findsTheShapeOfGeneralisedParetoExcessesWithinItsStandardError(double k) {
    int n = 20_000;
    Random random = new Random(4);
    double[] excesses =
        random.doubles(n).map(u -> (Math.pow(1 - u, -k) - 1) / k).sorted().toArray();
    // asymptotic standard error of the maximum likelihood estimate: (1 + k) / sqrt(n)
    assertThat(ParetoTail.shapeOfExcesses(excesses))
        .isCloseTo(k, within(4 * (1 + k) / Math.sqrt(n) + 1e-3));
  }

  @Property(tries = 20)
  void theUnitOfTheWeightsTheirOrderAndWeightsOfZeroDoNotMatter(
      @ForAll @DoubleRange(min = -3000, max = 3000) double logUnit) {
    double[] logWeights = logWeights(2000, quantiles("log_logistic", 0.6));
    double k = ParetoTail.shape(logWeights);
    double[] changed = new double[2500];
    Arrays.fill(changed, Double.NEGATIVE_INFINITY);
    for (int i = 0; i < logWeights.length; i++) {
      changed[changed.length - 1 - i] = logWeights[i] + logUnit;
    }
    assertThat(ParetoTail.shape(changed)).isCloseTo(k, within(1e-6));
  }

  @Test
  void absentBelowAThousandPositiveWeights() {
    double[] logWeights = logWeights(1000, quantiles("pareto", 0.5));
    assertThat(ParetoTail.shape(logWeights)).isNotNaN();
    logWeights[3] = Double.NEGATIVE_INFINITY;
    assertThat(ParetoTail.shape(logWeights)).isNaN();
    assertThat(ParetoTail.shape(new double[0])).isNaN();
  }

  @Test
  void absentWhereTheTailIsTiedUpToTheRoundingOfLogProbabilities() {
    double[] equal = new double[2000];
    assertThat(ParetoTail.shape(equal)).isNaN();
    double[] rounded = new Random(1).doubles(2000, 0, 1e-4).toArray();
    assertThat(ParetoTail.shape(rounded)).isNaN();
    double[] below = logWeights(2000, u -> Math.min(u, 0.5));
    assertThat(ParetoTail.shape(below)).isNaN();
  }

  @Test
  void tiesAtTheThresholdAreNoPartOfTheTail() {
    double[] logWeights =
        logWeights(2048, u -> Math.max(quantiles("pareto", 0.6).applyAsDouble(u), 2));
    assertThat(ParetoTail.shape(logWeights)).isBetween(0.4, 0.8);
  }

  @Test
  void aWeightBeyondAllBoundsGivesAnInfiniteShapeAndNotANumberIsNoShape() {
    double[] logWeights = logWeights(1000, quantiles("pareto", 0.5));
    logWeights[0] = 5000;
    assertThat(ParetoTail.shape(logWeights)).isInfinite();
    logWeights[0] = Double.NaN;
    assertThat(ParetoTail.shape(logWeights)).isNaN();
  }

  @Test
  void sizeOfTheTailAndLargestReliableShapeOfKnownSampleSizes() {
    assertThat(ParetoTail.tailSize(100)).isEqualTo(20);
    assertThat(ParetoTail.tailSize(1000)).isEqualTo(95);
    assertThat(ParetoTail.tailSize(2048)).isEqualTo(136);
    assertThat(ParetoTail.largestReliable(100)).isEqualTo(0.5);
    assertThat(ParetoTail.largestReliable(1000)).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(ParetoTail.largestReliable(100_000)).isEqualTo(0.7);
  }
}
