package io.tributary.target;

import java.util.List;

/**
 * The energy-based model P(x) &gt;= 0 that training aims at: the base model a(x) times a factor
 * that depends on the features alone.
 *
 * <p>log P(x) = log a(x) + {@link #logFactor}. The factor comes first, so that log a(x) need not be
 * computed where P(x) = 0. Thread-safe.
 */
public interface Target {

  /** The features, in the order in which their values are given everywhere. */
  List<Feature> features();

  /**
   * The moments E_p[phi] asked for, in the order of the features.
   *
   * @return (features)
   */
  double[] moments();

  /**
   * log( P(x) / a(x) ) in nats; minus infinity where a hard constraint does not hold, so that P(x)
   * = 0 whatever log a(x) is.
   *
   * @param features (features), phi(x) as of {@link #featureValues}
   */
  double logFactor(double[] features);

  /**
   * phi(x) of all features.
   *
   * @param text the decoded text of a sequence
   * @return (features)
   */
  default double[] featureValues(String text) {
    return features().stream().mapToDouble(feature -> feature.value(text)).toArray();
  }

  /**
   * log P(x) in nats; minus infinity where P(x) = 0.
   *
   * @param logBase log a(x) in nats; ignored where the factor is 0
   * @param features (features), phi(x) as of {@link #featureValues}
   */
  default double logTarget(double logBase, double[] features) {
    double logFactor = logFactor(features);
    return logFactor == Double.NEGATIVE_INFINITY ? logFactor : logBase + logFactor;
  }
}
