package io.tributary.tools.report;

import static java.util.stream.Collectors.averagingDouble;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.tributary.tools.report.Comparison.Pair;
import io.tributary.tools.report.Comparison.Scale;
import io.tributary.tools.report.page.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How many sequences gdc and gdc++ need to come equally far from the base model's moments towards
 * their targets. The claim uses the largest share of the way that both runs of a pair reach, but at
 * most half of it, so that even short runs can be compared; the table has other shares too, since
 * the ratio may depend on the share.
 *
 * @param baseline gdc and gdc++
 */
record SequencesNeeded(Comparison baseline) {
  private static final double FURTHEST = 0.5;

  /** A smaller share of the way is hardly more than the noise of an evaluation. */
  private static final double LEAST = 0.1;

  /** The other shares in the table. */
  private static final double[] SHARES = {0.1, 0.2, 0.3, 0.4};

  Claim claim() {
    long leftOut = baseline.pairs().stream().filter(pair -> !isCompared(pair)).count();
    return baseline.claim(
        "gdc++ comes equally far with fewer sequences than gdc",
        "sequences of gdc over those of gdc++",
        Scale.LOG_RATIO,
        pair -> logRatio(pair, share(pair)),
        "Equally far: the largest share of the way that both of a pair reach, at most %s; a table below has other shares. %d of %d pairs, of which one does not reach %s, are left out."
            .formatted(FURTHEST, leftOut, baseline.pairs().size(), LEAST));
  }

  /**
   * ln(sequences of gdc / sequences of gdc++) up to a share of the way; NaN if a run of the pair
   * does not reach it, or if it is too small to compare.
   */
  private static double logRatio(Pair pair, double share) {
    return share >= LEAST && share <= share(pair)
        ? Scale.LOG_RATIO.compare(sequences(pair.one(), share), sequences(pair.other(), share))
        : Double.NaN;
  }

  /** Whether both runs of a pair come far enough to be compared. */
  private static boolean isCompared(Pair pair) {
    return share(pair) >= LEAST;
  }

  /** The largest share of the way that both runs of a pair reach, at most half of it. */
  private static double share(Pair pair) {
    return Math.min(FURTHEST, Math.min(pair.one().progress().max(), pair.other().progress().max()));
  }

  private static double sequences(RunData run, double share) {
    return run.progress().reaches(share).orElseThrow();
  }

  /** A row for each pair. */
  Table table() {
    List<List<String>> rows = new ArrayList<>();
    for (Pair pair : baseline.pairs()) {
      double furthest = share(pair);
      List<Object> row =
          new ArrayList<>(
              List.of(
                  pair.task(),
                  pair.one().cell().batchSize(),
                  pair.one().cell().seed(),
                  furthest,
                  isCompared(pair) ? text(sequences(pair.one(), furthest)) : "–",
                  isCompared(pair) ? text(sequences(pair.other(), furthest)) : "–",
                  ratio(pair, furthest)));
      Arrays.stream(SHARES).map(share -> ratio(pair, share)).forEach(row::add);
      rows.add(Table.row(row.toArray()));
    }
    List<String> header =
        new ArrayList<>(
            List.of("task", "batch", "seed", "share of the way", "gdc", "gdc++", "ratio"));
    Arrays.stream(SHARES).mapToObj("ratio at %s"::formatted).forEach(header::add);
    return new Table(
        "sequences-needed",
        "Sequences needed",
        "The share is the largest part of the way from the base model's moments to their targets"
            + " that both runs reach, at most half; the numbers of sequences are those with which"
            + " each gets that far, between evaluations by linear interpolation. The ratio is that"
            + " of gdc over gdc++, above 1 where gdc++ needs fewer; beside it that at other shares,"
            + " where both reach them.",
        header,
        rows);
  }

  private static double ratio(Pair pair, double share) {
    return Math.exp(logRatio(pair, share));
  }

  private static String text(double sequences) {
    return String.format(Locale.ROOT, "%,.0f", sequences);
  }

  /**
   * Whether the baseline saves more sequences at smaller batches. It compares ratios, since runs
   * with larger batches take fewer steps, so that both methods get less far and any difference is
   * smaller; for the same reason, all batch sizes of a task are compared at the same share of the
   * way. The ratio differs between tasks, so that each has its own intercept.
   */
  Claim claimOfBatchSizes() {
    String statement = "gdc++ saves more of gdc's sequences at smaller batches";
    List<List<double[]>> tasks = savings();
    Optional<Estimate> found = Estimate.slopeWithin(tasks);
    String note =
        baseline.missing()
            + "n counts batch sizes of the %s that have several, averaged over seeds. Linear regression of the logarithm of the ratio of sequences needed on that of the batch size with an intercept for each task, so that it is compared within tasks; it says nothing about other tasks. Runs of a task are compared at the share of the way that all of them reach; pairs of which one does not reach %s are left out."
                .formatted(Table.count(tasks.size(), "task"), LEAST);
    return found
        .map(
            slope ->
                Claim.tested(
                    statement,
                    "factor of the ratio by halving the batch",
                    Scale.LOG_RATIO,
                    slope,
                    note))
        .orElseGet(
            () ->
                Claim.untested(
                    statement,
                    Claim.Verdict.NOT_ENOUGH_DATA,
                    tasks.stream().mapToInt(List::size).sum(),
                    "",
                    "A test needs three batch sizes more than tasks. " + note));
  }

  /** For each task with several batch sizes: (halvings of the batch, mean log ratio over seeds). */
  private List<List<double[]>> savings() {
    return baseline.pairs().stream()
        .filter(SequencesNeeded::isCompared)
        .collect(groupingBy(Pair::task, TreeMap::new, toList()))
        .values()
        .stream()
        .map(SequencesNeeded::savings)
        .filter(sizes -> sizes.size() > 1)
        .toList();
  }

  private static List<double[]> savings(List<Pair> task) {
    double share = task.stream().mapToDouble(SequencesNeeded::share).min().orElseThrow();
    return task.stream()
        .collect(
            groupingBy(
                pair -> pair.one().cell().batchSize(),
                TreeMap::new,
                averagingDouble(pair -> logRatio(pair, share))))
        .entrySet()
        .stream()
        .map(size -> new double[] {-Math.log(size.getKey()) / Math.log(2), size.getValue()})
        .toList();
  }
}
