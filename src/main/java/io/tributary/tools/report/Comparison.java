package io.tributary.tools.report;

import static java.util.stream.Collectors.averagingDouble;
import static java.util.stream.Collectors.groupingBy;

import io.tributary.config.objective.ObjectiveType;
import io.tributary.tools.experiment.CellRecord;
import io.tributary.tools.report.Claim.Verdict;
import io.tributary.tools.report.page.Series;
import io.tributary.tools.report.page.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.hipparchus.stat.StatUtils;

/**
 * Finished runs of two methods with the same task, batch size and seed.
 *
 * @param pairs a run of the one method and one of the other
 * @param planned number of pairs that the grid will have
 * @param unit what counts as one observation in a test
 */
record Comparison(List<Pair> pairs, long planned, Unit unit) {
  /** With fewer observations, a test says more about its assumptions than about the methods. */
  static final int LEAST = 3;

  /** What counts as one observation in a test: pairs that have it in common are averaged first. */
  enum Unit {
    /** Runs of the same task have much in common, whatever their batch size and seed. */
    TASK,
    /** For runs of one task and batch size; the result says nothing about others. */
    SEED;

    private Object of(Pair pair) {
      return switch (this) {
        case TASK -> pair.task();
        case SEED -> pair.one().cell().seed();
      };
    }

    private String plural() {
      return name().toLowerCase(Locale.ROOT) + "s";
    }
  }

  /** The scale on which two values are compared, so that comparisons can be averaged. */
  enum Scale {
    /** The difference. */
    DIFFERENCE,
    /** ln(one / other), shown as one / other. */
    LOG_RATIO,
    /**
     * (one - other) / (one + other) of values that are not negative, shown as one / other. Unlike
     * the logarithm, it is finite if one of them is 0, and a single outlier can't dominate its
     * mean.
     */
    CONTRAST;

    double compare(double one, double other) {
      return switch (this) {
        case DIFFERENCE -> one - other;
        case LOG_RATIO -> Math.log(one / other);
        case CONTRAST -> (one - other) / (one + other);
      };
    }

    /** A comparison, or a mean of several, as it is shown. */
    double shown(double compared) {
      return switch (this) {
        case DIFFERENCE -> compared;
        case LOG_RATIO -> Math.exp(compared);
        case CONTRAST ->
            compared >= 1 ? Double.POSITIVE_INFINITY : Math.max(0, 1 + compared) / (1 - compared);
      };
    }

    /** An estimate with its interval, as it is shown. */
    String shown(String what, Estimate estimate) {
      return "%s: %s [%s, %s]"
          .formatted(
              what,
              Table.number(shown(estimate.value())),
              Table.number(shown(estimate.low())),
              Table.number(shown(estimate.high())));
    }
  }

  Comparison {
    pairs = List.copyOf(pairs);
  }

  /** Two runs that differ only in the method. */
  record Pair(RunData one, RunData other) {
    String task() {
      return one.cell().task();
    }
  }

  /** All pairs of the first run of each objective. */
  static Comparison of(GridData grid, ObjectiveType one, ObjectiveType other) {
    List<Pair> planned = new ArrayList<>();
    for (RunData first : grid.where(run -> run.cell().isOf(one)).byTask()) {
      grid.runs().stream()
          .filter(run -> run.cell().isOf(other) && isSameButMethod(run.cell(), first.cell()))
          .findFirst()
          .ifPresent(second -> planned.add(new Pair(first, second)));
    }
    List<Pair> pairs =
        planned.stream().filter(p -> p.one().isFinished() && p.other().isFinished()).toList();
    return new Comparison(pairs, planned.size(), Unit.TASK);
  }

  /** The same pairs, to be tested over seeds. */
  Comparison overSeeds() {
    return new Comparison(pairs, planned, Unit.SEED);
  }

  private static boolean isSameButMethod(CellRecord a, CellRecord b) {
    return a.task().equals(b.task()) && a.batchSize() == b.batchSize() && a.seed() == b.seed();
  }

  /** How many pairs are missing, as the start of a note. */
  String missing() {
    return planned > pairs.size()
        ? "%d of %d pairs are finished. ".formatted(pairs.size(), planned)
        : "";
  }

  /** A claim that the last value of a quantity is higher with the one method. */
  Claim higher(String statement, String what, Function<RunData, Series> of) {
    return last(statement, what + " higher by", Scale.DIFFERENCE, run -> of.apply(run).last(), "");
  }

  /** A claim that the last value of a quantity is lower with the one method. */
  Claim lower(String statement, String what, Function<RunData, Series> of) {
    return last(statement, what + " lower by", Scale.DIFFERENCE, run -> -of.apply(run).last(), "");
  }

  /** A claim that a number from last evaluations is larger with the one method. */
  Claim last(
      String statement, String what, Scale scale, ToDoubleFunction<RunData> of, String note) {
    return claim(
        statement,
        what,
        scale,
        pair -> scale.compare(of.applyAsDouble(pair.one()), of.applyAsDouble(pair.other())),
        "Last evaluations." + note);
  }

  /**
   * A claim that a comparison is positive in the mean over units.
   *
   * @param what what is estimated
   * @param compared compares a pair; NaN if there is nothing to compare
   */
  Claim claim(
      String statement, String what, Scale scale, ToDoubleFunction<Pair> compared, String note) {
    double[] means = meansByUnit(compared);
    Optional<Estimate> test = means.length < LEAST ? Optional.empty() : Estimate.mean(means);
    if (test.isPresent()) {
      return Claim.tested(statement, what, scale, test.get(), missing() + note);
    }
    String why =
        means.length < LEAST
            ? "A test needs %d %s. ".formatted(LEAST, unit.plural())
            : "All %s have the same value. ".formatted(unit.plural());
    String estimate =
        means.length == 0
            ? ""
            : "%s: %s".formatted(what, Table.number(scale.shown(StatUtils.mean(means))));
    return Claim.untested(
        statement, Verdict.NOT_ENOUGH_DATA, means.length, estimate, missing() + why + note);
  }

  /** The mean over the pairs of each unit that have a number. */
  private double[] meansByUnit(ToDoubleFunction<Pair> compared) {
    return pairs.stream()
        .filter(pair -> Double.isFinite(compared.applyAsDouble(pair)))
        .collect(groupingBy(unit::of, LinkedHashMap::new, averagingDouble(compared)))
        .values()
        .stream()
        .mapToDouble(Double::doubleValue)
        .toArray();
  }
}
