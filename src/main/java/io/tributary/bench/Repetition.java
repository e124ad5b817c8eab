package io.tributary.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Times of the same work done again and again.
 *
 * @param seconds of each time, ascending, at least one
 */
record Repetition(List<Double> seconds) {

  /** Does the work once to warm up, and then at least once, until the time is over. */
  static Repetition of(double atLeastSeconds, Runnable work) {
    work.run();
    List<Double> seconds = new ArrayList<>();
    double total = 0;
    while (seconds.isEmpty() || total < atLeastSeconds) {
      long start = System.nanoTime();
      work.run();
      seconds.add((System.nanoTime() - start) / 1e9);
      total += seconds.get(seconds.size() - 1);
    }
    Collections.sort(seconds);
    return new Repetition(seconds);
  }

  double best() {
    return seconds.get(0);
  }

  double median() {
    return seconds.get(seconds.size() / 2);
  }

  double total() {
    return seconds.stream().mapToDouble(Double::doubleValue).sum();
  }
}
