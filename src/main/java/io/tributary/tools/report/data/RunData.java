package io.tributary.tools.report.data;

import io.tributary.tools.experiment.CellRecord;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

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
public record RunData(
    CellRecord cell,
    State state,
    String note,
    Map<Quantity, Series> series,
    Map<String, Series> moments,
    Map<String, Series> momentErrors,
    List<String> baseTexts,
    List<String> policyTexts) {
  /** A task whose moments are closer to their targets from the beginning shows no progress. */
  private static final double LEAST_WAY = 0.05;

  /** How far a run is. */
  public enum State {
    FINISHED,
    UNFINISHED,
    FAILED,
    NOT_BEGUN
  }

  public Series get(Quantity quantity) {
    return series.getOrDefault(quantity, Series.EMPTY);
  }

  public boolean isFinished() {
    return state == State.FINISHED;
  }

  /** E[phi], the mean over the features that are asked for. */
  public Series moment() {
    return overFeatures((target, moment) -> moment);
  }

  /** The mean over features of |E[phi] - target|. */
  public Series distance() {
    return overFeatures((target, moment) -> Math.abs(moment - target.target()));
  }

  /**
   * 1 - d / d_a, with d the mean over features of |E[phi] - target| and d_a that of the base model:
   * 0 at the beginning, 1 at the target, and less again beyond it. Empty where the base model is at
   * its target from the beginning.
   */
  public Series progress() {
    Series distance = distance();
    double first = distance.first();
    return first >= LEAST_WAY
        ? new Series(
            distance.x(), Arrays.stream(distance.y()).map(value -> 1 - value / first).toArray())
        : Series.EMPTY;
  }

  /** E[phi] of the feature that is asked for; empty before the first evaluation. */
  private Series ofFeature(CellRecord.Moment target) {
    return moments.getOrDefault(target.feature(), Series.EMPTY);
  }

  private interface OfMoment {
    double value(CellRecord.Moment target, double moment);
  }

  /** All features are measured by the same evaluations. */
  private Series overFeatures(OfMoment function) {
    List<CellRecord.Moment> targets = cell.targets();
    if (targets.isEmpty() || targets.stream().anyMatch(target -> ofFeature(target).isEmpty())) {
      return Series.EMPTY;
    }
    double[] x = ofFeature(targets.get(0)).x();
    double[] means =
        Arrays.stream(x)
            .map(
                at ->
                    targets.stream()
                        .mapToDouble(target -> function.value(target, ofFeature(target).at(at)))
                        .average()
                        .orElseThrow())
            .toArray();
    return new Series(x, means);
  }
}
