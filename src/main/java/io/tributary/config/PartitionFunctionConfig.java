package io.tributary.config;

import io.tributary.config.binding.Require;
import java.util.Locale;

/**
 * Estimation of Z.
 *
 * @param estimator which mean of the weights estimates Z
 * @param windowSequences least number of sequences in a window
 * @param decay factor by which each batch reduces the weight of the sequences before it
 * @param bootstrapSequences sequences drawn first, which only estimate Z
 * @param bootstrapHits sequences with weight until which more are drawn; 0 for no more
 * @param bootstrapMaxSequences limit on the sequences drawn until then
 */
public record PartitionFunctionConfig(
    Estimator estimator,
    int windowSequences,
    double decay,
    int bootstrapSequences,
    int bootstrapHits,
    int bootstrapMaxSequences) {
  public PartitionFunctionConfig {
    Require.atLeast(1, "window-sequences", windowSequences);
    Require.that(decay > 0 && decay < 1, "decay", decay, "greater than 0 and less than 1");
    Require.atLeast(1, "bootstrap-sequences", bootstrapSequences);
    Require.atLeast(0, "bootstrap-hits", bootstrapHits);
    Require.atLeast(1, "bootstrap-max-sequences", bootstrapMaxSequences);
  }

  /** Whether the bootstrap goes on after the first sequences if they have too few hits. */
  public boolean bootstrapMayGoOn() {
    return bootstrapHits > 0 && bootstrapMaxSequences > bootstrapSequences;
  }

  /** The key that limits how many sequences bootstrap Z. */
  public String keyOfMostSequences() {
    return "partition-function."
        + (bootstrapHits > 0 ? "bootstrap-max-sequences" : "bootstrap-sequences");
  }

  /** How the weights are averaged. */
  public enum Estimator {
    /** All sequences equally. */
    RUNNING,
    /** The newest batches only. */
    WINDOW,
    /** All sequences, with exponentially decaying weight. */
    EXPONENTIAL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
