package io.tributary.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.data.Batch;
import io.tributary.data.ScoredSequence;
import io.tributary.data.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Draws are of one sequence here. */
class BootstrapTest {
  private static final double EXACT = 1e-12;

  /** Weights with their probabilities; the mean is 0.5. */
  private static final Map<Double, Double> WEIGHTS = Map.of(0.0, 0.7, 1.0, 0.2, 3.0, 0.1);

  private static ScoredSequence weighing(double weight) {
    Sequence sequence = new Sequence(0, 0, new int[] {1}, new double[] {-1}, 1);
    return new ScoredSequence(sequence, "text", new double[] {1}, -1, Math.log(weight) - 1);
  }

  /** The bootstrap of these weights; null if it asks for more. */
  private static Batch.Bootstrap bootstrap(BootstrapPlan plan, int portion, List<Double> weights) {
    Bootstrap bootstrap = new Bootstrap(plan, portion);
    weights.forEach(weight -> bootstrap.add(List.of(weighing(weight))));
    return bootstrap.isOver() ? bootstrap.take(weights.size()) : null;
  }

  /** The expectation of a function of the bootstrap, summed over all that it can contain. */
  private static double expected(
      BootstrapPlan plan,
      int portion,
      ToDoubleFunction<Batch.Bootstrap> value,
      List<Double> weights) {
    Batch.Bootstrap over = bootstrap(plan, portion, weights);
    if (over != null) {
      return value.applyAsDouble(over);
    }
    double sum = 0;
    for (var next : WEIGHTS.entrySet()) {
      List<Double> longer = new ArrayList<>(weights);
      longer.add(next.getKey());
      sum += next.getValue() * expected(plan, portion, value, longer);
    }
    return sum;
  }

  private static double mean(Batch.Bootstrap bootstrap, int sequences) {
    return bootstrap.sequences().stream()
        .limit(sequences)
        .mapToDouble(scored -> Math.exp(scored.logWeight()))
        .average()
        .orElseThrow();
  }

  private static double estimate(Batch.Bootstrap bootstrap) {
    return mean(bootstrap, bootstrap.estimating());
  }

  private static double meanOfAll(Batch.Bootstrap bootstrap) {
    return mean(bootstrap, bootstrap.sequences().size());
  }

  @Test
  void theEstimateOfZIsUnbiasedWhereverTheBootstrapEnds() {
    BootstrapPlan plan = new BootstrapPlan(3, 9, 3);

    assertThat(expected(plan, 2, BootstrapTest::estimate, List.of())).isCloseTo(0.5, within(EXACT));
    assertThat(expected(plan, 2, BootstrapTest::meanOfAll, List.of()))
        .as("with the portion that ends it")
        .isGreaterThan(0.52);
  }

  @Test
  void soItIsWithALimitInAPortionAndWithSequencesOneByOne() {
    assertThat(expected(new BootstrapPlan(4, 7, 3), 2, BootstrapTest::estimate, List.of()))
        .isCloseTo(0.5, within(EXACT));
    assertThat(expected(new BootstrapPlan(1, 9, 2), 1, BootstrapTest::estimate, List.of()))
        .isCloseTo(0.5, within(EXACT));
  }

  @Test
  void afterTheKthHitItIsKMinusOneOverNMinusOne() {
    Batch.Bootstrap bootstrap =
        bootstrap(new BootstrapPlan(1, 99, 3), 1, List.of(0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0));

    assertThat(bootstrap).isNotNull();
    assertThat(estimate(bootstrap)).isEqualTo(2 / 6.0);
  }

  @Test
  void allSequencesEstimateZWhereTheirNumberDoesNotDependOnThem() {
    BootstrapPlan plan = new BootstrapPlan(2, 4, 2);

    assertThat(bootstrap(plan, 2, List.of(1.0, 1.0)).estimating()).isEqualTo(2);
    assertThat(bootstrap(plan, 2, List.of(1.0, 0.0, 0.0, 0.0)).estimating()).isEqualTo(4);
    assertThat(bootstrap(BootstrapPlan.of(2), 2, List.of(0.0, 0.0)).estimating()).isEqualTo(2);
  }

  @Test
  void theFirstHitsEstimateZEvenIfTheyEndTheBootstrap() {
    BootstrapPlan plan = new BootstrapPlan(2, 4, 1);

    assertThat(bootstrap(plan, 2, List.of(0.0, 0.0, 0.0, 1.0)).estimating()).isEqualTo(4);
  }

  @Test
  void theLimitIsNotExceededByPartOfAPortion() {
    BootstrapPlan plan = new BootstrapPlan(2, 5, 1);

    assertThat(bootstrap(plan, 2, List.of(0.0, 0.0, 0.0, 0.0))).isNull();
    assertThat(bootstrap(plan, 2, List.of(0.0, 0.0, 0.0, 0.0, 0.0)).sequences()).hasSize(5);
  }

  @Test
  void aLimitBelowTheFirstDrawsChangesNothing() {
    assertThat(bootstrap(new BootstrapPlan(3, 1, 1), 2, List.of(0.0, 0.0, 0.0)).sequences())
        .hasSize(3);
  }
}
