package io.tributary.tools.report;

import static io.tributary.config.objective.ObjectiveType.GDC;
import static io.tributary.config.objective.ObjectiveType.GDC_WITH_BASELINE;
import static io.tributary.config.objective.ObjectiveType.KL_CONTROL;
import static io.tributary.config.objective.ObjectiveType.REINFORCE;

import io.tributary.config.objective.ObjectiveType;
import io.tributary.tools.report.Comparison.Scale;
import io.tributary.tools.report.page.Series;
import io.tributary.tools.report.page.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * Tests the claims of Korbak et al. 2022, arXiv:2206.00761, on pairs of runs that differ only in
 * the method.
 */
final class Claims {
  private static final double SIGNIFICANT = 0.05;
  private static final int QUARTERS = 4;

  private final GridData grid;
  private final Comparison baseline;
  private final SequencesNeeded sequences;
  private final MomentTargets moments;

  Claims(GridData grid) {
    this.grid = grid;
    this.baseline = Comparison.of(grid, GDC, GDC_WITH_BASELINE);
    this.sequences = new SequencesNeeded(baseline);
    this.moments = new MomentTargets(grid);
  }

  /** The claims with what the data say about each. */
  Table table() {
    List<List<String>> rows =
        all().stream()
            .map(
                claim ->
                    Table.row(
                        claim.statement(),
                        claim.verdict(),
                        claim.n(),
                        claim.estimate().isEmpty() ? "–" : claim.estimate(),
                        p(claim.p()),
                        p(claim.adjusted()),
                        claim.note()))
            .toList();
    return new Table(
        "claims",
        "What shows",
        "Finished runs are compared in pairs with the same task, batch size and seed. Pairs of one"
            + " task are not independent, and so are averaged first: n counts tasks, and Student's"
            + " t test is of the mean over tasks, unless stated otherwise. In brackets: 95 %"
            + " confidence intervals, as if the tasks were a sample of such tasks. A claim shows"
            + " where p, two-sided and adjusted for the number of tests after Holm, is below 0.05,"
            + " or as its note says.",
        List.of("claim", "verdict", "n", "estimate", "p", "p adjusted", "notes"),
        rows);
  }

  private static String p(double p) {
    return Double.isNaN(p) ? "–" : p < 1e-4 ? "< 0.0001" : String.format(Locale.ROOT, "%.4f", p);
  }

  private List<Claim> all() {
    List<Claim> claims = new ArrayList<>();
    claims.addAll(overTasksAndSeeds(variance(Quantity.GRADIENT_VARIANCE, "gradient")));
    claims.addAll(overTasksAndSeeds(variance(Quantity.ADVANTAGE_VARIANCE, "advantage")));
    claims.add(sequences.claim());
    claims.add(ahead());
    claims.addAll(overTasksAndSeeds(Claims::closer));
    claims.add(sequences.claimOfBatchSizes());
    claims.addAll(rewardMaximisation(REINFORCE));
    claims.addAll(rewardMaximisation(KL_CONTROL));
    claims.add(moments.claim());
    double[] p = holm(claims.stream().mapToDouble(Claim::p).toArray());
    return IntStream.range(0, p.length)
        .mapToObj(i -> claims.get(i).adjusted(p[i], SIGNIFICANT))
        .toList();
  }

  /** The tables that the claims refer to. */
  List<Table> tables() {
    return List.of(sequences.table(), BaselineEffect.table(grid), moments.table());
  }

  /** Over all tasks, and over the seeds of each task of figure 5 that has enough seeds. */
  private List<Claim> overTasksAndSeeds(BiFunction<Comparison, String, Claim> claim) {
    List<Claim> claims = new ArrayList<>(List.of(claim.apply(baseline, "")));
    GridData seeds = grid.ofFigure(5);
    for (String task : seeds.tasks()) {
      for (int size : seeds.batchSizes()) {
        Comparison runs =
            Comparison.of(seeds.ofTask(task).ofBatchSize(size), GDC, GDC_WITH_BASELINE);
        if (runs.planned() >= Comparison.LEAST) {
          claims.add(claim.apply(runs.overSeeds(), ", on " + task));
        }
      }
    }
    return claims;
  }

  /**
   * Compares means over each quarter of a run. The value of a single step says little: if
   * constraints are rare, hardly any sequence of a batch has a weight, and the variance of gdc is
   * 0. A mean over the whole run may be dominated by a single step in which one sequence has a very
   * large weight.
   */
  private static BiFunction<Comparison, String, Claim> variance(Quantity quantity, String of) {
    return (runs, where) ->
        runs.claim(
            "The baseline lowers the variance of the %s, %s%s"
                .formatted(of, quantity.title(), where),
            "%s of gdc over that of gdc++".formatted(quantity.title()),
            Scale.CONTRAST,
            pair -> contrast(pair.one().get(quantity), pair.other().get(quantity)),
            "Means over each quarter of a run's measured steps, compared by (x − y)/(x + y), of"
                + " which the mean over quarters is taken."
                + ofSeeds(where));
  }

  private static String ofSeeds(String where) {
    return where.isEmpty() ? "" : " n counts seeds: this says nothing about other tasks.";
  }

  /** Compares by a ratio, since distances from the target differ between tasks. */
  private static Claim closer(Comparison runs, String where) {
    return runs.last(
        "gdc++ ends closer to its target than gdc, KL(p‖π)" + where,
        "KL(p‖π) of gdc over that of gdc++",
        Scale.LOG_RATIO,
        run -> run.get(Quantity.KL_TARGET).last(),
        ofSeeds(where));
  }

  private static double contrast(Series one, Series other) {
    double[] x = one.binned(QUARTERS).y();
    double[] y = other.binned(QUARTERS).y();
    return IntStream.range(0, Math.min(x.length, y.length))
        .mapToDouble(i -> Scale.CONTRAST.compare(x[i], y[i]))
        .filter(Double::isFinite) // no number where no sequence of either has a weight
        .average()
        .orElse(Double.NaN);
  }

  /** Includes all pairs, however far they have come. */
  private Claim ahead() {
    return baseline.claim(
        "gdc++ is ahead of gdc on the way to its target",
        "mean lead, as a share of the way",
        Scale.DIFFERENCE,
        pair -> pair.other().progress().mean() - pair.one().progress().mean(),
        "The share of the way to the target, averaged over the sequences of a run.");
  }

  /** The claims about a method that maximises reward, compared with gdc++. */
  private List<Claim> rewardMaximisation(ObjectiveType type) {
    Comparison reward = Comparison.of(grid, type, GDC_WITH_BASELINE);
    return List.of(
        reward.higher(type + " satisfies constraints more than gdc++", "E[φ]", RunData::moment),
        reward.higher(
            type + " moves further from the base model, KL(π‖a), than gdc++",
            "KL(π‖a) in nats",
            run -> run.get(Quantity.KL_BASE)),
        reward.lower(
            type + " has less diverse texts, Distinct-1, than gdc++",
            "Distinct-1",
            run -> run.get(Quantity.DISTINCT)),
        reward.higher(
            type + " has less diverse samples, Self-BLEU-5, than gdc++",
            "Self-BLEU-5",
            run -> run.get(Quantity.SELF_BLEU)));
  }

  /**
   * p-values adjusted for several tests (Holm 1979, Scandinavian Journal of Statistics 6), in the
   * same order; NaN stays NaN and counts as no test.
   */
  static double[] holm(double[] p) {
    int[] order =
        IntStream.range(0, p.length)
            .filter(i -> !Double.isNaN(p[i]))
            .boxed()
            .sorted(Comparator.comparingDouble(i -> p[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] adjusted = new double[p.length];
    Arrays.fill(adjusted, Double.NaN);
    double largest = 0;
    for (int rank = 0; rank < order.length; rank++) {
      largest = Math.max(largest, Math.min(1, (order.length - rank) * p[order[rank]]));
      adjusted[order[rank]] = largest;
    }
    return adjusted;
  }
}
