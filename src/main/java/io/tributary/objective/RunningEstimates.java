package io.tributary.objective;

import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.objective.estimate.ControlFit;

/**
 * Estimates from the batches before the present one, which is excluded so that it does not bias its
 * own gradient.
 *
 * @param z the estimate of Z
 * @param meanSignal mean of the objective's {@linkplain Objective#signals signal}; 0 before the
 *     first batch
 * @param controls coefficients of the control variates
 */
public record RunningEstimates(
    PartitionFunctionEstimate z, double meanSignal, ControlFit.Coefficients controls) {

  /** Before anything is known of the control variates. */
  public RunningEstimates(PartitionFunctionEstimate z, double meanSignal) {
    this(z, meanSignal, ControlFit.Coefficients.INITIAL);
  }
}
