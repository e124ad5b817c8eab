package io.tributary.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How many sequences runs need to come half of the way from the base model's moments to their
 * targets. One that does not come so far is counted with all that it learned from, and so as faster
 * than it is: the ratio of a pair is closer to 1 than it would be in longer runs.
 */
final class HalfWay {
  private static final double HALF = 0.5;

  private final Comparison baseline;

  /**
   * @param baseline gdc and gdc++
   */
  HalfWay(Comparison baseline) {
    this.baseline = baseline;
  }

  Claim claim() {
    int onlyPlus = 0;
    int onlyGdc = 0;
    int neither = 0;
    for (Comparison.Pair pair : baseline.pairs()) {
      boolean gdc = reached(pair.one()).isPresent();
      boolean plus = reached(pair.other()).isPresent();
      onlyPlus += plus && !gdc ? 1 : 0;
      onlyGdc += gdc && !plus ? 1 : 0;
      neither += !gdc && !plus ? 1 : 0;
    }
    return baseline.larger(
        "gdc++ comes half of the way to its target with fewer sequences than gdc",
        "sequences of gdc over those of gdc++",
        Scale.LOG_RATIO,
        HalfWay::sequences,
        "Of %d pairs only gdc++ came so far in %d, only gdc in %d, neither in %d; a run that did not counts with all its sequences, so that the ratio is closer to 1 than in longer runs."
            .formatted(baseline.pairs().size(), onlyPlus, onlyGdc, neither));
  }

  private static OptionalDouble reached(RunData run) {
    return run.progress().reaches(HALF);
  }

  /** Until half way, or in all; NaN where there is no way to go. */
  private static double sequences(RunData run) {
    Series progress = run.progress();
    return progress.isEmpty()
        ? Double.NaN
        : reached(run).orElse(progress.x()[progress.x().length - 1]);
  }

  /** Each pair. */
  Table table() {
    List<List<String>> rows = new ArrayList<>();
    List<Comparison.Pair> pairs = new ArrayList<>(baseline.pairs());
    pairs.sort(
        Comparator.comparing(Comparison.Pair::task)
            .thenComparing(pair -> pair.one().cell().batchSize())
            .thenComparing(pair -> pair.one().cell().seed()));
    for (Comparison.Pair pair : pairs) {
      double ratio = sequences(pair.one()) / sequences(pair.other());
      rows.add(
          List.of(
              pair.task(),
              Integer.toString(pair.one().cell().batchSize()),
              Long.toString(pair.one().cell().seed()),
              text(pair.one()),
              text(pair.other()),
              bound(pair) + Table.number(ratio)));
    }
    return new Table(
        "half-way",
        "Sequences to half of the way",
        "Until E[φ], in the mean over features, is half way from that of the base model to its target, between evaluations by linear interpolation. > : not reached by the end of the run. The ratio is that of gdc over gdc++, above 1 where gdc++ needs fewer.",
        List.of("task", "batch", "seed", "gdc", "gdc++", "ratio"),
        rows);
  }

  private static String text(RunData run) {
    double sequences = sequences(run);
    return Double.isNaN(sequences)
        ? "–"
        : String.format(Locale.ROOT, "%s%,.0f", reached(run).isPresent() ? "" : "> ", sequences);
  }

  /** On which side of the number the ratio is. */
  private static String bound(Comparison.Pair pair) {
    boolean gdc = reached(pair.one()).isPresent();
    boolean plus = reached(pair.other()).isPresent();
    return gdc == plus ? (gdc ? "" : "unknown, counted as ") : gdc ? "< " : "> ";
  }
}
