package io.tributary.target;

import io.tributary.target.feature.Feature;

/**
 * A factor of P(x) / a(x), made of one feature (sections 2.1 and 4.2, Korbak et al. 2022,
 * arXiv:2206.00761).
 */
public sealed interface Factor {

  /** The feature phi. */
  Feature feature();

  /** The desired moment E_p[phi]; NaN if there is none. */
  double moment();

  /** Whether it can be 0, so that P(x) = 0. */
  default boolean isHard() {
    return !(this instanceof Tilted);
  }

  /**
   * Log of the factor in nats.
   *
   * @param value phi(x)
   * @throws IllegalArgumentException if the value makes no valid factor
   */
  double log(double value);

  /** phi(x): every sequence must have the feature. */
  record Required(Feature feature) implements Factor {
    @Override
    public double moment() {
      return 1;
    }

    @Override
    public double log(double value) {
      if (!(value >= 0)) {
        throw new IllegalArgumentException(
            "a factor of P(x) is 0 or more; feature \"%s\" has the value %s"
                .formatted(feature.name(), value));
      }
      return Math.log(value);
    }
  }

  /** 1 - phi(x): no sequence may have the feature. */
  record Forbidden(Feature feature) implements Factor {
    @Override
    public double moment() {
      return 0;
    }

    @Override
    public double log(double value) {
      if (!(value <= 1)) {
        throw new IllegalArgumentException(
            "a factor 1 - phi of P(x) is 0 or more; feature \"%s\" has the value %s"
                .formatted(feature.name(), value));
      }
      return Math.log1p(-value);
    }
  }

  /**
   * exp(lambda phi(x)).
   *
   * @param moment NaN if lambda is given, not fitted
   * @param lambda NaN until it is fitted
   */
  record Tilted(Feature feature, double moment, double lambda) implements Factor {

    /** Whether lambda is fitted to a desired moment. */
    boolean isDistributional() {
      return !Double.isNaN(moment);
    }

    @Override
    public double log(double value) {
      if (!Double.isFinite(value) || Double.isNaN(lambda)) {
        throw new IllegalArgumentException(
            "exp(lambda phi) needs numbers; feature \"%s\" has the value %s and lambda = %s"
                .formatted(feature.name(), value, lambda));
      }
      return lambda * value;
    }
  }
}
