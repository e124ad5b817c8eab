package io.tributary.stage.learn.update;

import io.tributary.objective.KlPenalty;
import io.tributary.objective.RunningEstimates;
import io.tributary.objective.estimate.PartitionFunction;
import io.tributary.objective.estimate.ReplacementWindow;
import io.tributary.objective.estimate.RunningMean;
import io.tributary.objective.estimate.WeightTails;

/**
 * The estimates that are carried from batch to batch.
 *
 * @param partitionFunction Z
 * @param signals mean of the objective's signal
 * @param window of the next decision on the proposal
 * @param tails of the importance weights
 * @param penalty weight of the divergence from the base model
 */
public record Estimators(
    PartitionFunction partitionFunction,
    RunningMean signals,
    ReplacementWindow window,
    WeightTails tails,
    KlPenalty penalty) {

  /** The estimates that the next batch is learned with. */
  RunningEstimates current() {
    return new RunningEstimates(partitionFunction.estimate(), signals.mean());
  }
}
