package io.tributary.config.target;

import io.tributary.config.binding.Require;
import io.tributary.config.binding.Schema.Default;
import java.util.Optional;

/**
 * A feature of the target and the moment it should have.
 *
 * @param name names the feature in metrics and output
 * @param feature phi(x)
 * @param moment the desired mean of the feature under p; if empty, 1 for a binary feature, unless
 *     the target is a kl-control
 * @param soft whether a moment of 0 or 1 is a mean to approach instead of a hard constraint
 */
public record ConstraintConfig(
    String name, FeatureConfig feature, Optional<Double> moment, @Default("false") boolean soft) {
  public ConstraintConfig {
    Require.text("name", name);
    if (moment.isPresent()) {
      double value = moment.get();
      Require.that(Double.isFinite(value), "moment", value, "a finite number");
      Require.that(
          !feature.isBinary() || (value >= 0 && value <= 1),
          "moment",
          value,
          "between 0 and 1, the mean of a feature that is 0 or 1");
    }
  }

  /** Whether all sequences must have the feature, or none. */
  public boolean isHard() {
    double asked = moment.orElse(1.0);
    return feature.isBinary() && !soft && (asked == 0 || asked == 1);
  }
}
