package io.tributary.report;

import io.tributary.experiment.CellRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * What a run has written so far.
 *
 * @param cell what it is
 * @param state how far it is
 * @param note on its state, for people
 * @param series what was measured, by sequences learned from
 * @param moments E[phi] of evaluations, by feature
 * @param momentErrors their standard errors
 * @param baseTexts texts of the base model; empty before the end
 * @param policyTexts texts of the policy; empty before the end
 */
record RunData(
    CellRecord cell,
    State state,
    String note,
    Map<Quantity, Series> series,
    Map<String, Series> moments,
    Map<String, Series> momentErrors,
    List<String> baseTexts,
    List<String> policyTexts) {
  /** A feature whose moment is closer to its target from the beginning shows no progress. */
  private static final double LEAST_WAY = 0.05;

  /** How far a run is. */
  enum State {
    FINISHED,
    UNFINISHED,
    FAILED,
    NOT_BEGUN
  }

  Series get(Quantity quantity) {
    return series.getOrDefault(quantity, Series.EMPTY);
  }

  boolean isFinished() {
    return state == State.FINISHED;
  }

  /** E[phi], the mean over the features that are asked for. */
  Series moment() {
    return overFeatures(cell.targets(), CellRecord.Moment::target, (target, value) -> value);
  }

  /** The mean over features of |E[phi] - target|. */
  Series distance() {
    return overFeatures(
        cell.targets(),
        CellRecord.Moment::target,
        (target, value) -> Math.abs(value - target.target()));
  }

  /**
   * The mean over features of (E[phi] - E_a[phi]) / (target - E_a[phi]): 0 at the beginning, 1 at
   * the target. Features that begin nearly where they shall be are left out.
   */
  Series progress() {
    List<CellRecord.Moment> far =
        cell.targets().stream()
            .filter(target -> Math.abs(target.target() - first(target)) >= LEAST_WAY)
            .toList();
    return overFeatures(
        far,
        this::first,
        (target, value) -> (value - first(target)) / (target.target() - first(target)));
  }

  private double first(CellRecord.Moment target) {
    return moments.getOrDefault(target.feature(), Series.EMPTY).first();
  }

  private interface OfFeature {
    double value(CellRecord.Moment target, double moment);
  }

  private Series overFeatures(
      List<CellRecord.Moment> targets,
      ToDoubleFunction<CellRecord.Moment> needed,
      OfFeature function) {
    if (targets.isEmpty()
        || targets.stream()
            .anyMatch(
                target ->
                    !moments.containsKey(target.feature())
                        || Double.isNaN(needed.applyAsDouble(target)))) {
      return Series.EMPTY;
    }
    TreeSet<Double> positions = new TreeSet<>();
    for (double x : moments.get(targets.get(0).feature()).x()) {
      positions.add(x);
    }
    List<double[]> points = new ArrayList<>();
    for (double x : positions) {
      double sum = 0;
      for (CellRecord.Moment target : targets) {
        sum += function.value(target, moments.get(target.feature()).at(x));
      }
      points.add(new double[] {x, sum / targets.size()});
    }
    return RunReader.series(points);
  }
}
