package io.tributary.cluster.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Whether a process grows.
 *
 * @param what is measured, in words
 * @param samples of it, in the order of time
 * @param mostGrowth bytes that the trend may add once the process is warm
 */
record Memory(String what, List<Sample> samples, double mostGrowth) {
  /** What a process has to warm up is not judged: this share of the time, and these seconds. */
  private static final double WARM_UP = 0.25;

  private static final double WARM_UP_SECONDS = 180;

  /** A shorter time is no time for a trend. */
  private static final double LEAST_SECONDS = 180;

  private static final double MIB = 1 << 20;

  /** Bytes at a time. */
  record Sample(double seconds, double bytes) {}

  Memory {
    samples = List.copyOf(samples);
  }

  Finding finding() {
    String rule =
        String.format(Locale.ROOT, "%s grows by less than %.0f MiB", what, mostGrowth / MIB);
    double first = samples.isEmpty() ? 0 : samples.get(0).seconds();
    List<Sample> warm =
        samples.subList((int) (samples.size() * WARM_UP), samples.size()).stream()
            .filter(sample -> sample.seconds() >= first + WARM_UP_SECONDS)
            .toList();
    double seconds =
        warm.isEmpty() ? 0 : warm.get(warm.size() - 1).seconds() - warm.get(0).seconds();
    if (seconds < LEAST_SECONDS) {
      return new Finding(rule, "%.0f s are too short to judge".formatted(seconds), List.of());
    }
    double growth = slope(warm) * seconds;
    String seen =
        String.format(
            Locale.ROOT,
            "mean %.1f MiB, trend %+.1f MiB in %.0f s, %d samples",
            warm.stream().mapToDouble(Sample::bytes).average().orElseThrow() / MIB,
            growth / MIB,
            seconds,
            warm.size());
    List<String> violations = new ArrayList<>();
    if (!(growth < mostGrowth)) {
      violations.add("it grows");
    }
    return new Finding(rule, seen, violations);
  }

  /** Least squares, in bytes a second. */
  private static double slope(List<Sample> samples) {
    double t = samples.stream().mapToDouble(Sample::seconds).average().orElseThrow();
    double m = samples.stream().mapToDouble(Sample::bytes).average().orElseThrow();
    double products = samples.stream().mapToDouble(s -> (s.seconds() - t) * (s.bytes() - m)).sum();
    double squares = samples.stream().mapToDouble(s -> (s.seconds() - t) * (s.seconds() - t)).sum();
    return products / squares;
  }
}
