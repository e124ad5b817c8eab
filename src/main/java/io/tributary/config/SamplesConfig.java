package io.tributary.config;

import io.tributary.config.binding.Require;

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
