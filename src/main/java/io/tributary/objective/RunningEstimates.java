package io.tributary.objective;

import io.tributary.data.PartitionFunctionEstimate;

/**
 * Estimates from the batches before the present one, which is excluded so that it does not bias its
 * own gradient.
 *
 * @param z the estimate of Z
 * @param meanSignal mean of the objective's {@linkplain Objective#signals signal}; 0 before the
 *     first batch
 * @param controlCoefficient kappa of {@link MilestoneControl}; 0 before the first batch
 */
public record RunningEstimates(
    PartitionFunctionEstimate z, double meanSignal, double controlCoefficient) {

  /** Where there is no control variate. */
  public RunningEstimates(PartitionFunctionEstimate z, double meanSignal) {
    this(z, meanSignal, 0);
  }
}
