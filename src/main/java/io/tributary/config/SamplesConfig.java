package io.tributary.config;

/**
 * Sequences written to {@code samples.jsonl}.
 *
 * @param perInterval sequences per interval of the evaluation
 */
public record SamplesConfig(int perInterval) {
  public SamplesConfig {
    Require.atLeast(0, "per-interval", perInterval);
  }
}
