package io.tributary.config;

import io.tributary.config.binding.Require;
import java.time.Duration;

/**
 * The end of the service.
 *
 * @param grace time for the current step and the last checkpoint after a signal
 */
public record ShutdownConfig(Duration grace) {
  public ShutdownConfig {
    Require.positive("grace", grace);
  }
}
