package io.tributary.report;

import static io.tributary.config.ObjectiveType.GDC;
import static io.tributary.config.ObjectiveType.GDC_WITH_BASELINE;
import static io.tributary.config.ObjectiveType.KL_CONTROL;
import static io.tributary.config.ObjectiveType.REINFORCE;

import io.tributary.config.ObjectiveType;
import io.tributary.experiment.CellRecord;
import io.tributary.report.Claim.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.hipparchus.stat.regression.SimpleRegression;

/**
 * Tests the claims of Korbak et al. 2022, arXiv:2206.00761, on what was run. All compare runs in
 * pairs that differ in the method alone.
 */
final class Claims {
  /** How far on the way to the target sequences are counted. */
  private static final double HALF = 0.5;

  private static final double MOMENT_TOLERANCE = 0.05;
  private static final double STANDARD_ERRORS = 4;
  private static final int LEAST_POINTS = 4;

  private final GridData grid;

  Claims(GridData grid) {
    this.grid = grid;
  }

  List<Claim> all() {
    Comparison baseline = Comparison.of(grid, GDC, GDC_WITH_BASELINE);
    List<Claim> claims = new ArrayList<>();
    claims.add(variance(baseline, Quantity.GRADIENT_VARIANCE, "gradient"));
    claims.add(variance(baseline, Quantity.ADVANTAGE_VARIANCE, "advantage"));
    claims.add(fewerSequences(baseline));
    claims.add(ahead(baseline));
    claims.add(mostAtSmallBatch(baseline));
    for (ObjectiveType type : List.of(REINFORCE, KL_CONTROL)) {
      Comparison reward = Comparison.of(grid, type, GDC_WITH_BASELINE);
      String than = "%s %s than gdc++".formatted(type, "%s");
      claims.add(
          last(reward, than.formatted("satisfies constraints more"), "E[φ]", 1, RunData::moment));
      claims.add(
          last(
              reward,
              than.formatted("moves further from the base model, KL(π‖a),"),
              "KL(π‖a) in nats",
              1,
              run -> run.get(Quantity.KL_BASE)));
      claims.add(
          last(
              reward,
              than.formatted("has less diverse texts, Distinct-1,"),
              "Distinct-1",
              -1,
              run -> run.get(Quantity.DISTINCT)));
      claims.add(
          last(
              reward,
              than.formatted("has less diverse samples, Self-BLEU-5,"),
              "Self-BLEU-5",
              1,
              run -> run.get(Quantity.SELF_BLEU)));
    }
    claims.add(momentsMet());
    return Comparison.adjust(claims);
  }

  /** ln(gdc / gdc++), averaged over the steps of a pair at which both are positive. */
  private static Claim variance(Comparison baseline, Quantity quantity, String of) {
    return baseline.claim(
        "The baseline lowers the variance of the %s, %s".formatted(of, quantity.title()),
        baseline.values((gdc, plus) -> meanLogRatio(gdc.get(quantity), plus.get(quantity))),
        "%s of gdc over that of gdc++".formatted(quantity.title()),
        true,
        "Geometric means over the steps of a run.");
  }

  private static double meanLogRatio(Series one, Series other) {
    double sum = 0;
    int n = 0;
    for (int i = 0; i < one.x().length; i++) {
      double ratio = Math.log(one.y()[i] / other.at(one.x()[i]));
      if (Double.isFinite(ratio)) {
        sum += ratio;
        n++;
      }
    }
    return n == 0 ? Double.NaN : sum / n;
  }

  private static Claim fewerSequences(Comparison baseline) {
    int[] only = new int[3];
    for (Comparison.Pair pair : baseline.pairs()) {
      boolean gdc = half(pair.one()).isPresent();
      boolean plus = half(pair.other()).isPresent();
      if (gdc != plus) {
        only[plus ? 0 : 1]++;
      } else if (!gdc) {
        only[2]++;
      }
    }
    return baseline.claim(
        "gdc++ comes half of the way to its target with fewer sequences than gdc",
        baseline.values(
            (gdc, plus) ->
                half(gdc).isPresent() && half(plus).isPresent()
                    ? Math.log(half(gdc).getAsDouble() / half(plus).getAsDouble())
                    : Double.NaN),
        "sequences of gdc over those of gdc++",
        true,
        "Pairs in which both came so far; only gdc++ did in %d, only gdc in %d, neither in %d. By batch size: %s."
            .formatted(only[0], only[1], only[2], bySize(baseline)));
  }

  private static OptionalDouble half(RunData run) {
    return run.progress().reaches(HALF);
  }

  private static String bySize(Comparison baseline) {
    Map<Integer, List<Double>> ratios = new java.util.TreeMap<>();
    for (Comparison.Pair pair : baseline.pairs()) {
      OptionalDouble gdc = half(pair.one());
      OptionalDouble plus = half(pair.other());
      if (gdc.isPresent() && plus.isPresent()) {
        ratios
            .computeIfAbsent(pair.one().cell().batchSize(), key -> new ArrayList<>())
            .add(Math.log(gdc.getAsDouble() / plus.getAsDouble()));
      }
    }
    List<String> parts = new ArrayList<>();
    ratios.forEach(
        (size, logs) ->
            parts.add(
                "%,d: %s (n = %d)"
                    .formatted(
                        size,
                        Table.number(
                            Math.exp(logs.stream().mapToDouble(d -> d).average().orElseThrow())),
                        logs.size())));
    return parts.isEmpty() ? "none" : String.join(", ", parts);
  }

  /** No pair is left out here, however far it came. */
  private static Claim ahead(Comparison baseline) {
    return baseline.claim(
        "gdc++ is ahead of gdc on the way to its target",
        baseline.values((gdc, plus) -> lead(gdc, plus)),
        "mean lead, as a share of the way",
        false,
        "The share of the way to the target, averaged over the sequences of a run.");
  }

  private static double lead(RunData gdc, RunData plus) {
    return plus.progress().mean() - gdc.progress().mean();
  }

  private static Claim mostAtSmallBatch(Comparison baseline) {
    String statement = "The lead of gdc++ over gdc is larger at smaller batches";
    SimpleRegression regression = new SimpleRegression();
    java.util.Set<Integer> sizes = new java.util.TreeSet<>();
    for (Comparison.Pair pair : baseline.pairs()) {
      double lead = lead(pair.one(), pair.other());
      if (Double.isFinite(lead)) {
        int size = pair.one().cell().batchSize();
        sizes.add(size);
        regression.addData(-Math.log(size) / Math.log(2), lead);
      }
    }
    int n = (int) regression.getN();
    String missing =
        baseline.planned() > baseline.pairs().size()
            ? "%d of %d pairs are finished. ".formatted(baseline.pairs().size(), baseline.planned())
            : "";
    String note = missing + "Linear regression of the lead on the logarithm of the batch size.";
    if (sizes.size() < 2 || n < 3) {
      return new Claim(statement, Verdict.NOT_ENOUGH_DATA, n, "", Double.NaN, Double.NaN, note);
    }
    double slope = regression.getSlope();
    double reach = regression.getSlopeConfidenceInterval();
    double p = regression.getSignificance();
    return new Claim(
        statement,
        Double.isNaN(p) ? Verdict.NOT_ENOUGH_DATA : slope > 0 ? Verdict.SHOWS : Verdict.OPPOSITE,
        n,
        "lead gained by halving the batch: %s [%s, %s]"
            .formatted(
                Table.number(slope), Table.number(slope - reach), Table.number(slope + reach)),
        p,
        Double.NaN,
        note);
  }

  /** Final values, averaged over the seeds of a task and batch size first. */
  private static Claim last(
      Comparison reward,
      String statement,
      String what,
      int sign,
      java.util.function.Function<RunData, Series> of) {
    Map<String, List<Double>> byTask = new LinkedHashMap<>();
    for (Comparison.Pair pair : reward.pairs()) {
      double difference = of.apply(pair.one()).last() - of.apply(pair.other()).last();
      if (Double.isFinite(difference)) {
        CellRecord cell = pair.one().cell();
        byTask
            .computeIfAbsent(cell.task() + cell.batchSize(), key -> new ArrayList<>())
            .add(sign * difference);
      }
    }
    return reward.claim(
        statement,
        byTask.values().stream()
            .mapToDouble(all -> all.stream().mapToDouble(d -> d).average().orElseThrow())
            .toArray(),
        "%s %s".formatted(what, sign > 0 ? "higher by" : "lower by"),
        false,
        "Last evaluations.");
  }

  /** Every distributional moment of gdc++ is near its target at the end. */
  private Claim momentsMet() {
    GridData runs = distributional();
    List<Met> moments = moments();
    long met = moments.stream().filter(Met::isMet).count();
    String missing =
        runs.finished() < runs.runs().size()
            ? "%d of %d runs are finished. ".formatted(runs.finished(), runs.runs().size())
            : "";
    return new Claim(
        "gdc++ meets distributional moments: each within the larger of 0.05 and 4 standard errors of its target",
        moments.isEmpty()
            ? Verdict.NOT_ENOUGH_DATA
            : met == moments.size() ? Verdict.SHOWS : Verdict.DOES_NOT_SHOW,
        moments.size(),
        moments.isEmpty() ? "" : "%d of %d moments".formatted(met, moments.size()),
        Double.NaN,
        Double.NaN,
        missing + "No test; n counts moments, which the table below lists.");
  }

  private GridData distributional() {
    return grid.where(run -> run.cell().isOf(GDC_WITH_BASELINE) && !run.cell().isPointwise());
  }

  /** A distributional moment at the end of a run. */
  private record Met(RunData run, CellRecord.Moment target, Series moments, double error) {
    double tolerance() {
      return Math.max(MOMENT_TOLERANCE, Double.isNaN(error) ? 0 : STANDARD_ERRORS * error);
    }

    boolean isMet() {
      return Math.abs(moments.last() - target.target()) <= tolerance();
    }
  }

  private List<Met> moments() {
    List<Met> moments = new ArrayList<>();
    for (RunData run : distributional().where(RunData::isFinished).runs()) {
      for (CellRecord.Moment target : run.cell().targets()) {
        if (!target.hard()) {
          moments.add(
              new Met(
                  run,
                  target,
                  run.moments().getOrDefault(target.feature(), Series.EMPTY),
                  run.momentErrors().getOrDefault(target.feature(), Series.EMPTY).last()));
        }
      }
    }
    return moments;
  }

  /** The distributional moments of gdc++, with what would bring those closer that are not met. */
  Table momentTable() {
    List<List<String>> rows = new ArrayList<>();
    for (Met met : moments()) {
      rows.add(
          List.of(
              met.run().cell().name(),
              met.target().feature(),
              Table.number(met.target().target()),
              "%s ± %s".formatted(Table.number(met.moments().last()), Table.number(met.error())),
              Table.number(met.tolerance()),
              met.isMet() ? "yes" : "no",
              met.isMet() ? "" : needed(met.moments(), met.target().target(), met.tolerance())));
    }
    return new Table(
        "moments",
        "Distributional moments of gdc++",
        "At the end of finished runs; ± one standard error of the last evaluation. What would be needed follows the exponential through the distances of the second half of a run.",
        List.of("run", "feature", "target", "E[φ]", "tolerance", "met", "needed"),
        rows);
  }

  /** Where an exponential through the second half of the distances comes within the tolerance. */
  private static String needed(Series moments, double target, double tolerance) {
    SimpleRegression decay = new SimpleRegression();
    for (int i = moments.x().length / 2; i < moments.x().length; i++) {
      double distance = Math.abs(moments.y()[i] - target);
      if (distance > 0) {
        decay.addData(moments.x()[i], Math.log(distance));
      }
    }
    if (decay.getN() < LEAST_POINTS || !(decay.getSlope() < 0)) {
      return "not approached in the second half";
    }
    return "about %,.0f sequences"
        .formatted((Math.log(tolerance) - decay.getIntercept()) / decay.getSlope());
  }
}
