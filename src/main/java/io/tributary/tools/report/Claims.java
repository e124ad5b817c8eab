package io.tributary.tools.report;

import static io.tributary.config.objective.ObjectiveType.GDC;
import static io.tributary.config.objective.ObjectiveType.GDC_WITH_BASELINE;
import static io.tributary.config.objective.ObjectiveType.KL_CONTROL;
import static io.tributary.config.objective.ObjectiveType.REINFORCE;

import io.tributary.config.objective.ObjectiveType;
import io.tributary.tools.report.Claim.Verdict;
import io.tributary.tools.report.draw.Scale;
import io.tributary.tools.report.draw.Series;
import io.tributary.tools.report.statistics.Holm;
import io.tributary.tools.report.statistics.WithinSlope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Tests the claims of Korbak et al. 2022, arXiv:2206.00761, on what was run. All compare runs in
 * pairs that differ in the method alone.
 */
final class Claims {
  private static final double SIGNIFICANT = 0.05;
  private static final int QUARTERS = 4;

  private final GridData grid;
  private final Comparison baseline;

  Claims(GridData grid) {
    this.grid = grid;
    this.baseline = Comparison.of(grid, GDC, GDC_WITH_BASELINE);
  }

  List<Claim> all() {
    List<Claim> claims = new ArrayList<>();
    claims.addAll(
        overTasksAndSeeds(
            (runs, where) -> variance(runs, Quantity.GRADIENT_VARIANCE, "gradient", where)));
    claims.addAll(
        overTasksAndSeeds(
            (runs, where) -> variance(runs, Quantity.ADVANTAGE_VARIANCE, "advantage", where)));
    claims.add(new SequencesNeeded(baseline).claim());
    claims.add(ahead());
    claims.addAll(overTasksAndSeeds(Claims::closer));
    claims.add(mostAtSmallBatch());
    claims.addAll(rewardMaximisation(REINFORCE));
    claims.addAll(rewardMaximisation(KL_CONTROL));
    claims.add(new MomentTargets(grid).claim());
    return adjusted(claims);
  }

  /** The tables that the claims refer to. */
  List<Table> tables() {
    return List.of(
        new SequencesNeeded(baseline).table(),
        BaselineEffect.table(grid),
        new MomentTargets(grid).table());
  }

  /** Over all tasks, and over the seeds of each task of figure 5 that has enough of them. */
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
   * By means over each quarter of a run. A step's value alone says little: where constraints are
   * rare, hardly a sequence of a batch has a weight, and the variance of gdc is then 0. A mean over
   * the whole run can be that of a single step, where one sequence has a very large weight.
   */
  private static Claim variance(Comparison runs, Quantity quantity, String of, String where) {
    return runs.claim(
        "The baseline lowers the variance of the %s, %s%s".formatted(of, quantity.title(), where),
        "%s of gdc over that of gdc++".formatted(quantity.title()),
        Scale.CONTRAST,
        pair -> contrast(pair.one().get(quantity), pair.other().get(quantity)),
        "Means over each quarter of a run's measured steps, compared by (x − y)/(x + y), of which the mean over quarters is taken."
            + ofSeeds(where));
  }

  private static String ofSeeds(String where) {
    return where.isEmpty() ? "" : " n counts seeds: this says nothing of other tasks.";
  }

  /** By a ratio, since tasks are far from their targets to different degrees. */
  private static Claim closer(Comparison runs, String where) {
    return runs.larger(
        "gdc++ ends closer to its target than gdc, KL(p‖π)" + where,
        "KL(p‖π) of gdc over that of gdc++",
        Scale.LOG_RATIO,
        run -> run.get(Quantity.KL_TARGET).last(),
        "Last evaluations." + ofSeeds(where));
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

  /** No pair is left out here, however far it came. */
  private Claim ahead() {
    return baseline.claim(
        "gdc++ is ahead of gdc on the way to its target",
        "mean lead, as a share of the way",
        Scale.DIFFERENCE,
        Claims::lead,
        "The share of the way to the target, averaged over the sequences of a run.");
  }

  private static double lead(Comparison.Pair pair) {
    return pair.other().progress().mean() - pair.one().progress().mean();
  }

  /**
   * By a ratio, since runs with larger batches take fewer steps, so that both methods come less far
   * and any difference is smaller; for the same reason at one share of the way for all batches of a
   * task. Tasks differ in it whatever the batch, and so each has an intercept of its own.
   */
  private Claim mostAtSmallBatch() {
    String statement = "gdc++ saves more of gdc's sequences at smaller batches";
    List<List<double[]>> tasks = savingsBySize();
    Optional<WithinSlope> found = WithinSlope.of(tasks);
    String note =
        baseline.missing()
            + "n counts batch sizes of the %s that have several, over seeds averaged. Linear regression of the logarithm of the ratio of sequences needed on that of the batch size with an intercept for each task, so that it is compared within tasks; it says nothing of other tasks. Runs of a task are compared at the share of the way that all of them come to; pairs of which one does not come to %s are left out."
                .formatted(Report.count(tasks.size(), "task"), SequencesNeeded.LEAST);
    if (found.isEmpty()) {
      return new Claim(
          statement,
          Verdict.NOT_ENOUGH_DATA,
          tasks.stream().mapToInt(List::size).sum(),
          "",
          Double.NaN,
          Double.NaN,
          "A test needs three batch sizes more than tasks. " + note);
    }
    WithinSlope slope = found.get();
    return new Claim(
        statement,
        slope.slope() > 0 ? Verdict.SHOWS : Verdict.OPPOSITE,
        slope.n(),
        Scale.LOG_RATIO.shown(
            "factor of the ratio by halving the batch", slope.slope(), slope.interval()),
        slope.interval().p(),
        Double.NaN,
        note);
  }

  /** Of each task with several batch sizes: (halvings of the batch, mean log ratio over seeds). */
  private List<List<double[]>> savingsBySize() {
    return baseline.pairs().stream()
        .filter(SequencesNeeded::isCompared)
        .collect(Collectors.groupingBy(Comparison.Pair::task, TreeMap::new, Collectors.toList()))
        .values()
        .stream()
        .map(Claims::savingsBySize)
        .filter(sizes -> sizes.size() > 1)
        .toList();
  }

  private static List<double[]> savingsBySize(List<Comparison.Pair> task) {
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

  /** What is said of a method that maximises reward, beside gdc++. */
  private List<Claim> rewardMaximisation(ObjectiveType type) {
    Comparison reward = Comparison.of(grid, type, GDC_WITH_BASELINE);
    return List.of(
        last(
            reward,
            type + " satisfies constraints more than gdc++",
            "E[φ] higher by",
            1,
            RunData::moment),
        last(
            reward,
            type + " moves further from the base model, KL(π‖a), than gdc++",
            "KL(π‖a) in nats higher by",
            1,
            run -> run.get(Quantity.KL_BASE)),
        last(
            reward,
            type + " has less diverse texts, Distinct-1, than gdc++",
            "Distinct-1 lower by",
            -1,
            run -> run.get(Quantity.DISTINCT)),
        last(
            reward,
            type + " has less diverse samples, Self-BLEU-5, than gdc++",
            "Self-BLEU-5 higher by",
            1,
            run -> run.get(Quantity.SELF_BLEU)));
  }

  private static Claim last(
      Comparison reward, String statement, String what, int sign, Function<RunData, Series> of) {
    return reward.larger(
        statement, what, Scale.DIFFERENCE, run -> sign * of.apply(run).last(), "Last evaluations.");
  }

  /** The same claims with adjusted p-values; what is not significant then does not show. */
  private static List<Claim> adjusted(List<Claim> claims) {
    double[] p = Holm.adjusted(claims.stream().mapToDouble(Claim::p).toArray());
    List<Claim> all = new ArrayList<>();
    for (int i = 0; i < p.length; i++) {
      Claim claim = claims.get(i);
      all.add(
          new Claim(
              claim.statement(),
              p[i] >= SIGNIFICANT ? Verdict.DOES_NOT_SHOW : claim.verdict(),
              claim.n(),
              claim.estimate(),
              claim.p(),
              p[i],
              claim.note()));
    }
    return all;
  }
}
