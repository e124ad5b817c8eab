package io.tributary.tools.report.claims;

import io.tributary.tools.report.claims.Claim.Verdict;
import io.tributary.tools.report.page.Table;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether the baseline saves more sequences at smaller batches. It compares ratios, since runs with
 * larger batches take fewer steps, so that both methods get less far and any difference is smaller;
 * for the same reason, all batch sizes of a task are compared at the same share of the way. The
 * ratio differs between tasks, so that each has its own intercept.
 */
final class SavingsByBatchSize {
  private final Comparison baseline;

  /**
   * @param baseline gdc and gdc++
   */
  SavingsByBatchSize(Comparison baseline) {
    this.baseline = baseline;
  }

  Claim claim() {
    String statement = "gdc++ saves more of gdc's sequences at smaller batches";
    List<List<double[]>> tasks = savings();
    Optional<Estimate> found = Estimate.slopeWithin(tasks);
    String note =
        baseline.missing()
            + "n counts batch sizes of the %s that have several, over seeds averaged. Linear regression of the logarithm of the ratio of sequences needed on that of the batch size with an intercept for each task, so that it is compared within tasks; it says nothing of other tasks. Runs of a task are compared at the share of the way that all of them come to; pairs of which one does not come to %s are left out."
                .formatted(Table.count(tasks.size(), "task"), SequencesNeeded.LEAST);
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
                    Verdict.NOT_ENOUGH_DATA,
                    tasks.stream().mapToInt(List::size).sum(),
                    "",
                    "A test needs three batch sizes more than tasks. " + note));
  }

  /** For each task with several batch sizes: (halvings of the batch, mean log ratio over seeds). */
  private List<List<double[]>> savings() {
    return baseline.pairs().stream()
        .filter(SequencesNeeded::isCompared)
        .collect(Collectors.groupingBy(Comparison.Pair::task, TreeMap::new, Collectors.toList()))
        .values()
        .stream()
        .map(SavingsByBatchSize::savings)
        .filter(sizes -> sizes.size() > 1)
        .toList();
  }

  private static List<double[]> savings(List<Comparison.Pair> task) {
    double share = task.stream().mapToDouble(SequencesNeeded::share).min().orElseThrow();
    return task.stream()
        .collect(
            Collectors.groupingBy(
                pair -> pair.one().cell().batchSize(),
                TreeMap::new,
                Collectors.averagingDouble(pair -> SequencesNeeded.logRatio(pair, share))))
        .entrySet()
        .stream()
        .map(size -> new double[] {-Math.log(size.getKey()) / Math.log(2), size.getValue()})
        .toList();
  }
}
