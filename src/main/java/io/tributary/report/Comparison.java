package io.tributary.report;

import io.tributary.config.ObjectiveType;
import io.tributary.experiment.CellRecord;
import io.tributary.report.Claim.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleBiFunction;

/**
 * Finished runs of two methods with the same task, batch size and seed.
 *
 * @param pairs the one method's run and the other's
 * @param planned pairs that the grid will have
 */
record Comparison(List<Pair> pairs, long planned) {
  private static final double SIGNIFICANT = 0.05;

  Comparison {
    pairs = List.copyOf(pairs);
  }

  /** Two runs that differ in the method alone. */
  record Pair(RunData one, RunData other) {}

  /** All such pairs of the first runs of an objective each. */
  static Comparison of(GridData grid, ObjectiveType one, ObjectiveType other) {
    List<Pair> pairs = new ArrayList<>();
    long planned = 0;
    for (RunData first : grid.where(run -> run.cell().isOf(one)).runs()) {
      Optional<RunData> second =
          grid.runs().stream()
              .filter(run -> run.cell().isOf(other) && isSameButMethod(run.cell(), first.cell()))
              .findFirst();
      if (second.isPresent()) {
        planned++;
        if (first.isFinished() && second.get().isFinished()) {
          pairs.add(new Pair(first, second.get()));
        }
      }
    }
    return new Comparison(pairs, planned);
  }

  private static boolean isSameButMethod(CellRecord a, CellRecord b) {
    return a.task().equals(b.task()) && a.batchSize() == b.batchSize() && a.seed() == b.seed();
  }

  /** Those of these whose values are numbers. */
  double[] values(ToDoubleBiFunction<RunData, RunData> difference) {
    return pairs.stream()
        .mapToDouble(pair -> difference.applyAsDouble(pair.one(), pair.other()))
        .filter(Double::isFinite)
        .toArray();
  }

  /**
   * A claim that a mean is positive, or that a ratio is above 1.
   *
   * @param values of each pair; logarithms for a ratio
   * @param what is estimated
   * @param ratio whether the values are logarithms of ratios
   */
  Claim claim(String statement, double[] values, String what, boolean ratio, String note) {
    String missing =
        planned > pairs.size()
            ? "%d of %d pairs are finished. ".formatted(pairs.size(), planned)
            : "";
    Optional<PairedTest> test = PairedTest.of(values);
    if (test.isEmpty()) {
      return new Claim(
          statement,
          Verdict.NOT_ENOUGH_DATA,
          values.length,
          values.length == 1
              ? "%s: %s".formatted(what, Table.number(ratio ? Math.exp(values[0]) : values[0]))
              : "",
          Double.NaN,
          Double.NaN,
          missing + note);
    }
    PairedTest found = test.get();
    String estimate =
        "%s: %s [%s, %s]"
            .formatted(
                what,
                Table.number(ratio ? Math.exp(found.mean()) : found.mean()),
                Table.number(ratio ? Math.exp(found.low()) : found.low()),
                Table.number(ratio ? Math.exp(found.high()) : found.high()));
    return new Claim(
        statement,
        found.mean() > 0 ? Verdict.SHOWS : Verdict.OPPOSITE,
        found.n(),
        estimate,
        found.p(),
        Double.NaN,
        missing + note);
  }

  /** The same claims with adjusted p-values; what is not significant then does not show. */
  static List<Claim> adjust(List<Claim> claims) {
    double[] adjusted = Holm.adjusted(claims.stream().mapToDouble(Claim::p).toArray());
    List<Claim> all = new ArrayList<>();
    for (int i = 0; i < adjusted.length; i++) {
      Claim claim = claims.get(i);
      all.add(
          new Claim(
              claim.statement(),
              adjusted[i] >= SIGNIFICANT ? Verdict.DOES_NOT_SHOW : claim.verdict(),
              claim.n(),
              claim.estimate(),
              claim.p(),
              adjusted[i],
              claim.note()));
    }
    return all;
  }
}
