package io.tributary.tools.report.claims;

import io.tributary.tools.report.data.RunData;
import io.tributary.tools.report.page.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How many sequences gdc and gdc++ need to come equally far from the base model's moments towards
 * their targets. The claim uses the largest share of the way that both runs of a pair reach, but at
 * most half of it, so that even short runs can be compared; the table has other shares too, since
 * the ratio may depend on the share.
 */
final class SequencesNeeded {
  private static final double FURTHEST = 0.5;

  /** A smaller share of the way is hardly more than the noise of an evaluation. */
  static final double LEAST = 0.1;

  /** The other shares in the table. */
  private static final double[] SHARES = {0.1, 0.2, 0.3, 0.4};

  private final Comparison baseline;

  /**
   * @param baseline gdc and gdc++
   */
  SequencesNeeded(Comparison baseline) {
    this.baseline = baseline;
  }

  Claim claim() {
    long leftOut = baseline.pairs().stream().filter(pair -> !isCompared(pair)).count();
    return baseline.claim(
        "gdc++ comes equally far with fewer sequences than gdc",
        "sequences of gdc over those of gdc++",
        Scale.LOG_RATIO,
        pair -> logRatio(pair, share(pair)),
        "Equally far: the largest share of the way that both of a pair come to, at most %s; a table below has other shares. %d of %d pairs, of which one does not come to %s, are left out."
            .formatted(FURTHEST, leftOut, baseline.pairs().size(), LEAST));
  }

  /**
   * ln(sequences of gdc / sequences of gdc++) up to a share of the way; NaN if a run of the pair
   * does not reach it, or if it is too small to compare.
   */
  static double logRatio(Comparison.Pair pair, double share) {
    return share >= LEAST && share <= share(pair)
        ? Scale.LOG_RATIO.compare(sequences(pair.one(), share), sequences(pair.other(), share))
        : Double.NaN;
  }

  /** Whether both runs of a pair come far enough to be compared. */
  static boolean isCompared(Comparison.Pair pair) {
    return share(pair) >= LEAST;
  }

  /** The largest share of the way that both runs of a pair reach, at most half of it. */
  static double share(Comparison.Pair pair) {
    return Math.min(FURTHEST, Math.min(pair.one().progress().max(), pair.other().progress().max()));
  }

  private static double sequences(RunData run, double share) {
    return run.progress().reaches(share).orElseThrow();
  }

  /** A row for each pair. */
  Table table() {
    List<List<String>> rows = new ArrayList<>();
    for (Comparison.Pair pair : baseline.pairs()) {
      List<String> row =
          new ArrayList<>(
              List.of(
                  pair.task(),
                  Integer.toString(pair.one().cell().batchSize()),
                  Long.toString(pair.one().cell().seed()),
                  Table.number(share(pair))));
      row.addAll(
          isCompared(pair)
              ? List.of(
                  text(sequences(pair.one(), share(pair))),
                  text(sequences(pair.other(), share(pair))))
              : List.of("–", "–"));
      row.add(ratio(pair, share(pair)));
      Arrays.stream(SHARES).mapToObj(share -> ratio(pair, share)).forEach(row::add);
      rows.add(row);
    }
    List<String> header =
        new ArrayList<>(
            List.of("task", "batch", "seed", "share of the way", "gdc", "gdc++", "ratio"));
    Arrays.stream(SHARES).mapToObj("ratio at %s"::formatted).forEach(header::add);
    return new Table(
        "sequences-needed",
        "Sequences needed",
        "The share is the largest part of the way from the base model's moments to their targets"
            + " that both runs come to, at most half; the numbers of sequences are those with which"
            + " each comes so far, between evaluations by linear interpolation. The ratio is that"
            + " of gdc over gdc++, above 1 where gdc++ needs fewer; beside it that at other shares,"
            + " where both come to them.",
        header,
        rows);
  }

  private static String ratio(Comparison.Pair pair, double share) {
    double ratio = Math.exp(logRatio(pair, share));
    return Double.isNaN(ratio) ? "–" : Table.number(ratio);
  }

  private static String text(double sequences) {
    return String.format(Locale.ROOT, "%,.0f", sequences);
  }
}
