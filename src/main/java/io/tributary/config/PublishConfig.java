package io.tributary.config;

import io.tributary.config.binding.Require;
import java.time.Duration;

/**
 * Publication of the policy.
 *
 * @param intervalSteps learner steps between two publications
 * @param timeout time the samplers have to confirm a new proposal
 */
public record PublishConfig(int intervalSteps, Duration timeout) {
  public PublishConfig {
    Require.atLeast(1, "interval-steps", intervalSteps);
    Require.positive("timeout", timeout);
  }
}
