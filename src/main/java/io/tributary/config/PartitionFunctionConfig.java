package io.tributary.config;

import io.tributary.config.binding.Require;
import java.util.Locale;

/**
 * Estimation of Z.
 *
 * @param estimator which mean of the weights it is
 * @param windowSequences least number of sequences in a window
 * @param decay what the sequences before a batch count after it, as a share of what they counted
 * @param bootstrapSequences sequences drawn first, only to estimate Z; not trained on
 */
public record PartitionFunctionConfig(
    Estimator estimator, int windowSequences, double decay, int bootstrapSequences) {
  public PartitionFunctionConfig {
    Require.atLeast(1, "window-sequences", windowSequences);
    Require.that(decay > 0 && decay < 1, "decay", decay, "greater than 0 and less than 1");
    Require.atLeast(1, "bootstrap-sequences", bootstrapSequences);
  }

  /** Means of the weights. */
  public enum Estimator {
    /** Of all sequences alike. */
    RUNNING,
    /** Of the newest batches. */
    WINDOW,
    /** Of all sequences, the older the less. */
    EXPONENTIAL;

    /** As written in the configuration. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
