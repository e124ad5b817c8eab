package io.tributary.target.lambda;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Finds which of several features are impossible together. */
final class Refusals {
  private Refusals() {}

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
