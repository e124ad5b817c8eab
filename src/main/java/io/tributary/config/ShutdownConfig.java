package io.tributary.config;

import io.tributary.config.binding.Require;
import java.time.Duration;

/**
 * The end of the service.
 *
 * @param grace time that a step under way and the last checkpoint get after a signal
 */
public record ShutdownConfig(Duration grace) {
  public ShutdownConfig {
    Require.positive("grace", grace);
  }
}
