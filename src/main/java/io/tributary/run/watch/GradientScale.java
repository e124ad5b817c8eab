package io.tributary.run.watch;

import io.tributary.config.OptimizerConfig;
import io.tributary.config.TributaryConfig;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether gradients have a size that the optimizer can do something with. Coefficients in the unit
 * of P are about as large as Z: where Z is near Adam's eps, steps are damped and nothing says so;
 * where it is very large, clipping makes all steps the same length.
 */
final class GradientScale {
  /** Gradients of single parameters are some orders of magnitude below the coefficients. */
  private static final double MARGIN = 1000;

  private static final double LARGE = 1e5;

  private GradientScale() {}

  /**
   * What to warn of, if anything.
   *
   * @param z the estimate of Z from the first draws
   */
  static Optional<String> warning(TributaryConfig config, double z) {
    if (config.objective().normaliseByZ() || !config.objective().type().isInUnitOfTarget()) {
      return Optional.empty();
    }
    OptimizerConfig optimizer = config.learner().optimizer();
    if (z > 0 && z < MARGIN * optimizer.eps()) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "warning: gradients are in the unit of P, and Z = %.1g brings them near"
                  + " learner.optimizer.eps = %s, which damps every step; objective.normalise-by-z"
                  + " = true divides by Z",
              z,
              optimizer.eps()));
    }
    if (z > LARGE && optimizer.maxGradNorm() > 0) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "warning: gradients are in the unit of P, and Z = %.1g makes them so large that"
                  + " learner.optimizer.max-grad-norm = %s clips every step;"
                  + " objective.normalise-by-z = true divides by Z",
              z,
              optimizer.maxGradNorm()));
    }
    return Optional.empty();
  }
}
