package io.tributary.target;

import io.tributary.target.feature.Feature;

/**
 * What a feature contributes to P(x) / a(x) (sections 2.1 and 4.2, Korbak et al. 2022,
 * arXiv:2206.00761).
 */
public sealed interface Factor {

  /** The feature phi. */
  Feature feature();

  /** The moment E_p[phi] asked for; NaN where none is. */
  double moment();

  /** Whether it is 0 for some sequences, so that P(x) = 0. */
  boolean isHard();

  /**
   * Log of the factor in nats.
   *
   * @param value phi(x)
   * @throws IllegalArgumentException if the value makes no factor
   */
  double log(double value);

  /** phi(x): every sequence shall have the feature. */
  record Required(Feature feature) implements Factor {
    @Override
    public double moment() {
      return 1;
    }

    @Override
    public boolean isHard() {
      return true;
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

  /** 1 - phi(x): no sequence shall have the feature. */
  record Forbidden(Feature feature) implements Factor {
    @Override
    public double moment() {
      return 0;
    }

    @Override
    public boolean isHard() {
      return true;
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
   * @param moment NaN where lambda is given, not fitted
   * @param lambda NaN while it is not fitted
   */
  record Tilted(Feature feature, double moment, double lambda) implements Factor {

    /** Whether lambda is to be found such that the moment is the desired one. */
    boolean isDistributional() {
      return !Double.isNaN(moment);
    }

    @Override
    public boolean isHard() {
      return false;
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
