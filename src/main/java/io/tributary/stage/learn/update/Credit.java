package io.tributary.stage.learn.update;

import io.tributary.config.objective.ObjectiveConfig;
import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.model.Distillation;
import io.tributary.model.ModelTraining;
import io.tributary.model.guide.TokenGuide;
import io.tributary.objective.BatchValues;
import io.tributary.objective.Objective;
import io.tributary.objective.PrefixCredit;
import io.tributary.objective.estimate.ControlFit;
import org.jspecify.annotations.Nullable;

/** How what an objective makes of a sequence is divided among its tokens. */
interface Credit {

  /**
   * A batch, or some rows of it, that is learned from.
   *
   * @param values of the whole batch
   * @param levels (N) of the objective's baseline
   * @param rows that are computed at once
   * @param dropout probability of dropout; 0 for none
   * @param objective what it is divided of
   * @param divided whether coefficients are divided by Z where the objective says so
   * @param count number of sequences that the loss is a mean over
   */
  record Part(
      BatchArrays batch,
      BatchValues values,
      double[] levels,
      int[] rows,
      double dropout,
      Objective objective,
      boolean divided,
      int count) {}

  /**
   * What a pass has found.
   *
   * @param logProbs log pi of each row in nats
   * @param loss the part of the loss, - sum[ c log pi ] / count
   * @param control what the next coefficient of the control variate follows from
   */
  record Pass(double[] logProbs, double loss, ControlFit.State control) {}

  /** Whether sequences with P = 0 have a gradient, whatever the objective makes of them. */
  default boolean needsGradientAtZeroWeight() {
    return false;
  }

  /**
   * What the first coefficient of the control variate follows from.
   *
   * @param batch sequences of the base model, while it is the policy
   */
  default ControlFit.State control(BatchArrays batch, PartitionFunctionEstimate z) {
    return ControlFit.State.EMPTY;
  }

  /** Adds the gradient of the loss of some rows to the gradients. */
  Pass accumulate(Part part);

  /**
   * The credit that the configuration describes.
   *
   * @param config of the objective
   * @param distillation towards the base model; null unless the objective needs it
   * @param guide has the milestones, where the objective needs them
   * @param prefix tokens that every sequence follows
   */
  static Credit of(
      ObjectiveConfig config,
      ModelTraining training,
      @Nullable Distillation distillation,
      TokenGuide guide,
      int[] prefix) {
    return config.credit() == ObjectiveConfig.Credit.SEQUENCE
        ? new SequenceCredit(training, prefix)
        : new TokenCredit(
            training,
            PrefixCredit.of(config),
            config.needsMilestones() ? guide : TokenGuide.NONE,
            distillation,
            prefix);
  }
}
