package io.tributary.objective;

import io.tributary.objective.estimate.PartitionFunction;

/**
 * What the sequences before a batch tell, and the batch itself has no part in, so that it does not
 * bias the gradient.
 *
 * @param z the estimate of Z
 * @param meanSignal mean of the objective's {@linkplain Objective#signals signal} in the batches
 *     before; 0 where there are none
 */
public record Earlier(PartitionFunction.Estimate z, double meanSignal) {}
