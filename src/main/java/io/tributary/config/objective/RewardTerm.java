package io.tributary.config.objective;

import io.tributary.config.binding.Require;
import io.tributary.config.binding.Schema.Default;

/**
 * A term of a reward: {@code weight} times the value of a feature.
 *
 * @param feature name of one of the target's features
 */
public record RewardTerm(String feature, @Default("1") double weight) {
  public RewardTerm {
    Require.text("feature", feature);
    Require.that(Double.isFinite(weight), "weight", weight, "a finite number");
  }
}
