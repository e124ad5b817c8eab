package io.tributary.learn;

import io.tributary.objective.Earlier;
import io.tributary.objective.KlPenalty;
import io.tributary.objective.PartitionFunction;
import io.tributary.objective.ReplacementWindow;
import io.tributary.objective.RunningMean;
import io.tributary.objective.WeightTails;

/**
 * What is estimated from one batch to the next.
 *
 * @param partitionFunction Z
 * @param signals mean of the objective's signal
 * @param window of the next decision on the proposal
 * @param tails of the importance weights
 * @param penalty weight of the divergence from the base model
 */
record Estimators(
    PartitionFunction partitionFunction,
    RunningMean signals,
    ReplacementWindow window,
    WeightTails tails,
    KlPenalty penalty) {

  /** What is known before the next batch. */
  Earlier earlier() {
    return new Earlier(partitionFunction.estimate(), signals.mean());
  }
}
