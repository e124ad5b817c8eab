package io.tributary.target.fit;

import io.tributary.data.BadInputException;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.Factor;
import io.tributary.target.fit.FeatureSample.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rejects hard constraints that no sequence of a sample satisfies. */
public final class HardConstraints {
  private HardConstraints() {}

  /**
   * Checks each hard constraint, and all of them together.
   *
   * @param key the configuration key of the sample's size
   * @throws BadInputException naming the features, if no sequence satisfies them
   */
  public static void require(EnergyBasedModel target, FeatureSample sample, String key) {
    List<Factor> hard = target.factors().stream().filter(Factor::isHard).toList();
    List<double[]> logs = sample.points().stream().map(point -> logs(target, hard, point)).toList();
    List<Integer> all = IntStream.range(0, hard.size()).boxed().toList();
    if (hard.isEmpty() || logs.stream().anyMatch(point -> holds(point, all))) {
      return;
    }
    List<Integer> blamed =
        smallest(hard.size(), some -> logs.stream().noneMatch(point -> holds(point, some)));
    List<Factor> factors = blamed.stream().map(hard::get).toList();
    throw new BadInputException(
        "target.features: "
            + (factors.size() == 1
                ? alone(factors.get(0), sample.size(), key)
                : together(factors, sample.size(), key)));
  }

  private static double[] logs(EnergyBasedModel target, List<Factor> hard, Point point) {
    return hard.stream()
        .mapToDouble(factor -> factor.log(point.features()[target.factors().indexOf(factor)]))
        .toArray();
  }

  private static boolean holds(double[] logs, List<Integer> factors) {
    return factors.stream().allMatch(i -> logs[i] > Double.NEGATIVE_INFINITY);
  }

  private static String alone(Factor factor, int size, String key) {
    return factor.moment() == 1
        ? "\"%s\" occurs in none of %,d sequences drawn from the base model, so there is nothing to learn from; expected a feature that some of the base model's texts have, or more sequences to find it in (%s)"
            .formatted(factor.feature().name(), size, key)
        : "\"%s\" occurs in each of %,d sequences drawn from the base model, and with moment = 0 in none of the target's, so there is nothing to learn from; expected a feature that some of the base model's texts lack, or more sequences to find one without it (%s)"
            .formatted(factor.feature().name(), size, key);
  }

  private static String together(List<Factor> factors, int size, String key) {
    List<String> asked =
        factors.stream()
            .map(factor -> "\"%s\" = %d".formatted(factor.feature().name(), (int) factor.moment()))
            .toList();
    return "none of %,d sequences drawn from the base model satisfies the constraints %s together, so there is nothing to learn from; leave one of them out, or draw more sequences to look for one (%s)"
        .formatted(size, listed(asked), key);
  }

  /**
   * A minimal set of features that is still bad: each is left out in turn, and stays out if the
   * rest is still bad (a deletion filter; Chinneck and Dravnieks 1991, doi:10.1287/ijoc.3.2.157).
   *
   * @param n features are 0 to n - 1, which are bad together
   * @param bad true of every set with a bad subset
   */
  static List<Integer> smallest(int n, Predicate<List<Integer>> bad) {
    List<Integer> kept = new ArrayList<>(IntStream.range(0, n).boxed().toList());
    for (int i = 0; i < n; i++) {
      List<Integer> without = new ArrayList<>(kept);
      without.remove((Integer) i);
      if (!without.isEmpty() && bad.test(without)) {
        kept = without;
      }
    }
    return kept;
  }

  /** Such as {@code "a" (0.7) and "b" (0.5)}. */
  static String listed(List<String> names) {
    int last = names.size() - 1;
    return last == 0
        ? names.get(0)
        : names.stream().limit(last).collect(Collectors.joining(", ")) + " and " + names.get(last);
  }
}
