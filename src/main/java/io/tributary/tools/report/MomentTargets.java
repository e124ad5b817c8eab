package io.tributary.tools.report;

import static io.tributary.config.objective.ObjectiveType.GDC_WITH_BASELINE;

import io.tributary.tools.experiment.CellRecord;
import io.tributary.tools.report.Claim.Verdict;
import io.tributary.tools.report.page.Series;
import io.tributary.tools.report.page.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.hipparchus.stat.regression.SimpleRegression;

/** Whether gdc++ meets the moments of distributional tasks at the end, or when it would. */
final class MomentTargets {
  private static final int DISTRIBUTIONAL = 6;
  private static final double TOLERANCE = 0.05;
  private static final double STANDARD_ERRORS = 4;
  private static final int LEAST_POINTS = 4;

  /** The furthest extrapolation, in lengths of the run. */
  private static final double FURTHEST = 100;

  private final GridData runs;
  private final List<Met> moments = new ArrayList<>();

  MomentTargets(GridData grid) {
    GridData all =
        grid.where(run -> run.cell().isOf(GDC_WITH_BASELINE) && !run.cell().isPointwise());
    GridData meant = all.ofFigure(DISTRIBUTIONAL);
    this.runs = meant.runs().isEmpty() ? all : meant; // other figures' runs vary batch and seed
    for (RunData run : runs.where(RunData::isFinished).byTask()) {
      for (CellRecord.Moment target : run.cell().targets()) {
        String feature = target.feature();
        moments.add(new Met(run, target, run.moment(feature), run.momentError(feature)));
      }
    }
  }

  /** A moment at the end of a run. */
  private record Met(RunData run, CellRecord.Moment target, Series moments, double error) {
    double tolerance() {
      return Math.max(TOLERANCE, Double.isNaN(error) ? 0 : STANDARD_ERRORS * error);
    }

    boolean isMet() {
      return isMetBy(moments.last());
    }

    boolean isMetBy(double moment) {
      return Math.abs(moment - target.target()) <= tolerance();
    }
  }

  /** The claim that all moments are met, by counting them. */
  Claim claim() {
    List<Met> asked = moments.stream().filter(moment -> !moment.target().hard()).toList();
    List<Met> hard = moments.stream().filter(moment -> moment.target().hard()).toList();
    long met = asked.stream().filter(Met::isMet).count();
    long before = asked.stream().filter(base -> base.isMetBy(base.moments().first())).count();
    boolean unfinished = runs.finished() < runs.runs().size();
    String missing =
        unfinished
            ? "%d of %d runs are finished. ".formatted(runs.finished(), runs.runs().size())
            : "";
    String others =
        hard.isEmpty()
            ? ""
            : " Of the moments of 1 or 0 in the same tasks, %d of %d are."
                .formatted(hard.stream().filter(Met::isMet).count(), hard.size());
    return Claim.untested(
        "gdc++ meets distributional moments: each within the larger of 0.05 and 4 standard errors"
            + " of its target",
        asked.isEmpty() || unfinished
            ? Verdict.NOT_ENOUGH_DATA
            : met == asked.size() ? Verdict.SHOWS : Verdict.DOES_NOT_SHOW,
        asked.size(),
        asked.isEmpty() ? "" : "%d of %d moments".formatted(met, asked.size()),
        missing
            + "No test, but a count: n is moments of the runs of figure 6, which a table below lists; %d of them the base model meets already."
                .formatted(before)
            + others);
  }

  /** The moments, and for those not met the sequences needed. */
  Table table() {
    List<List<String>> rows = new ArrayList<>();
    for (Met met : moments) {
      rows.add(
          Table.row(
              met.run().cell().name(),
              met.target().feature(),
              met.target().target(),
              Table.number(met.moments().last()) + " ± " + Table.number(met.error()),
              met.tolerance(),
              met.isMet() ? "yes" : "no",
              met.isMet() ? "" : needed(met)));
    }
    return new Table(
        "moments",
        "Moments of gdc++ in distributional tasks",
        "At the end of finished runs; ± one standard error of the last evaluation. What would be"
            + " needed is extrapolated, not measured: it follows the exponential through the"
            + " distances of the second half of a run until it is within the tolerance, where these"
            + " fall with 95 % confidence, and otherwise that through the whole run, which is then"
            + " too optimistic.",
        List.of("run", "feature", "target", "E[φ]", "tolerance", "met", "needed, by extrapolation"),
        rows);
  }

  private static String needed(Met met) {
    Series moments = met.moments();
    int points = moments.x().length;
    if (points - points / 2 < LEAST_POINTS) {
      return "too few evaluations to tell";
    }
    OptionalInt within =
        IntStream.range(0, points).filter(i -> met.isMetBy(moments.y()[i])).findFirst();
    if (within.isPresent()) {
      return "within it at %,.0f sequences, not at the end"
          .formatted(moments.x()[within.getAsInt()]);
    }
    double length = moments.x()[points - 1];
    OptionalDouble lately = extrapolated(met, points / 2);
    if (lately.isPresent()) {
      return lately.getAsDouble() <= length
          ? "met by the exponential, missed by the last evaluation"
          : "about %,.0f sequences".formatted(lately.getAsDouble());
    }
    OptionalDouble asAWhole = extrapolated(met, 0);
    return asAWhole.isPresent() && asAWhole.getAsDouble() > length
        ? "more than %,.0f sequences, since it has slowed down".formatted(asAWhole.getAsDouble())
        : "not approached measurably in the second half";
  }

  /**
   * Where an exponential fitted to the distances from a point on comes within the tolerance; empty
   * unless they decrease with 95 % confidence.
   */
  private static OptionalDouble extrapolated(Met met, int from) {
    Series moments = met.moments();
    SimpleRegression decay = new SimpleRegression();
    for (int i = from; i < moments.x().length; i++) {
      double distance = Math.abs(moments.y()[i] - met.target().target());
      if (distance > 0) {
        decay.addData(moments.x()[i], Math.log(distance));
      }
    }
    double sequences = (Math.log(met.tolerance()) - decay.getIntercept()) / decay.getSlope();
    return decay.getN() >= LEAST_POINTS
            && decay.getSlope() + decay.getSlopeConfidenceInterval() < 0
            && sequences <= FURTHEST * moments.x()[moments.x().length - 1]
        ? OptionalDouble.of(sequences)
        : OptionalDouble.empty();
  }
}
