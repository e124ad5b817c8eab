package io.tributary.config;

/**
 * Estimation of Z.
 *
 * @param bootstrapSequences sequences drawn first, only to estimate Z; not trained on
 */
public record PartitionFunctionConfig(int bootstrapSequences) {
  public PartitionFunctionConfig {
    Require.atLeast(1, "bootstrap-sequences", bootstrapSequences);
  }
}
