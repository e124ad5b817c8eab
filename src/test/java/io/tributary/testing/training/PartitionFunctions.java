package io.tributary.testing.training;

import io.tributary.config.PartitionFunctionConfig;
import io.tributary.config.PartitionFunctionConfig.Estimator;
import io.tributary.objective.estimate.PartitionFunction;

/** Estimates of Z for tests. */
public final class PartitionFunctions {
  public static final PartitionFunctionConfig RUNNING =
      new PartitionFunctionConfig(Estimator.RUNNING, 1, 0.5, 1, 0, 1);

  private PartitionFunctions() {}

  /** The running mean of no sequence. */
  public static PartitionFunction running() {
    return PartitionFunction.create(RUNNING);
  }
}
