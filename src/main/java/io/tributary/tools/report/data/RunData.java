package io.tributary.tools.report.data;

import io.tributary.tools.experiment.CellRecord;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;

/**
 * What a run has written so far.
 *
 * @param cell the run
 * @param state how far it has come
 * @param note describes the state
 * @param series what was measured, against the number of sequences learned from
 * @param moments E[phi] of evaluations, by feature
 * @param momentErrors their standard errors
 * @param baseTexts texts of the base model; empty before the end
 * @param policyTexts texts of the policy; empty before the end
 */
public record RunData(
    CellRecord cell,
    State state,
    String note,
    Map<Quantity, Series> series,
    Map<String, Series> moments,
    Map<String, Series> momentErrors,
    List<String> baseTexts,
    List<String> policyTexts) {
  /** If the base model's moments are closer to their targets, there is no progress to measure. */
  private static final double LEAST_WAY = 0.05;

  /** How far a run has come. */
  public enum State {
    FINISHED,
    UNFINISHED,
    FAILED,
    NOT_BEGUN;

    public String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  public Series get(Quantity quantity) {
    return series.getOrDefault(quantity, Series.EMPTY);
  }

  public boolean isFinished() {
    return state == State.FINISHED;
  }

  /** E[phi], averaged over the features that have targets. */
  public Series moment() {
    return overFeatures((target, moment) -> moment);
  }

  /** The mean over features of |E[phi] - target|. */
  public Series distance() {
    return overFeatures((target, moment) -> Math.abs(moment - target.target()));
  }

  /**
   * 1 - d / d_a, with d the mean over features of |E[phi] - target| and d_a that of the base model:
   * 0 at the start, 1 at the target, and less again beyond it. Empty if the base model is already
   * at its target.
   */
  public Series progress() {
    Series distance = distance();
    double first = distance.first();
    return first >= LEAST_WAY ? distance.map((x, value) -> 1 - value / first) : Series.EMPTY;
  }

  /** E[phi] of a feature; empty before the first evaluation. */
  public Series moment(String feature) {
    return moments.getOrDefault(feature, Series.EMPTY);
  }

  /** Standard error of E[phi] of a feature at the last evaluation, or NaN. */
  public double momentError(String feature) {
    return momentErrors.getOrDefault(feature, Series.EMPTY).last();
  }

  /** The mean over features of a function of target and moment, all measured together. */
  private Series overFeatures(ToDoubleBiFunction<CellRecord.Moment, Double> function) {
    List<CellRecord.Moment> targets = cell.targets();
    if (targets.isEmpty() || targets.stream().anyMatch(t -> moment(t.feature()).isEmpty())) {
      return Series.EMPTY;
    }
    return moment(targets.get(0).feature())
        .map(
            (x, y) ->
                targets.stream()
                    .mapToDouble(t -> function.applyAsDouble(t, moment(t.feature()).at(x)))
                    .average()
                    .orElseThrow());
  }
}
