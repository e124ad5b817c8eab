package io.tributary.tools.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Times of repeated work.
 *
 * @param seconds that each repetition took, ascending, at least one
 */
record Repetition(List<Double> seconds) {

  /** Does the work once to warm up, and then at least once, until the time is over. */
  static Repetition of(double atLeastSeconds, Runnable work) {
    return inTurn(atLeastSeconds, List.of(work)).get(0);
  }

  /**
   * As {@link #of} of several works in turn, so that whatever else the machine does meanwhile slows
   * all of them alike, and their times can be compared.
   *
   * @param atLeastSeconds time for all of them together
   */
  static List<Repetition> inTurn(double atLeastSeconds, List<Runnable> works) {
    works.forEach(Runnable::run);
    List<List<Double>> seconds = new ArrayList<>();
    works.forEach(work -> seconds.add(new ArrayList<>()));
    double total = 0;
    do {
      for (int i = 0; i < works.size(); i++) {
        long start = System.nanoTime();
        works.get(i).run();
        double taken = (System.nanoTime() - start) / 1e9;
        seconds.get(i).add(taken);
        total += taken;
      }
    } while (total < atLeastSeconds);
    seconds.forEach(Collections::sort);
    return seconds.stream().map(Repetition::new).toList();
  }

  double median() {
    return seconds.get(seconds.size() / 2);
  }

  double total() {
    return seconds.stream().mapToDouble(Double::doubleValue).sum();
  }
}
