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
 */
public record PartitionFunctionConfig(
    Estimator estimator, int windowSequences, double decay, int bootstrapSequences) {
  public PartitionFunctionConfig {
    Require.atLeast(1, "window-sequences", windowSequences);
    Require.that(decay > 0 && decay < 1, "decay", decay, "greater than 0 and less than 1");
    Require.atLeast(1, "bootstrap-sequences", bootstrapSequences);
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
