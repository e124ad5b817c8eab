package io.tributary.target;

import io.tributary.target.feature.Feature;
import io.tributary.target.feature.Text;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

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
   * The moments E_p[phi] asked for, in the order of the features; NaN where none is.
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
   * @return (texts, features)
   * @throws IllegalStateException naming the feature that failed, with what it failed with
   */
  default double[][] featureValues(List<Text> texts) {
    List<Feature> features = features();
    double[][] values = new double[texts.size()][features.size()];
    for (int f = 0; f < features.size(); f++) {
      double[] ofTexts = values(features.get(f), texts);
      for (int j = 0; j < values.length; j++) {
        values[j][f] = ofTexts[j];
      }
    }
    return values;
  }

  private static double[] values(Feature feature, List<Text> texts) {
    try {
      return feature.values(texts);
    } catch (RuntimeException e) {
      throw new IllegalStateException(
          "feature \"%s\" failed: %s".formatted(feature.name(), e.getMessage()), e);
    }
  }

  /**
   * As {@link #featureValues(List)}, where a feature may fail on a text: then they are taken one by
   * one, so that only those on which one fails are left out.
   *
   * @param failed told the index of a text that is left out, and why
   * @return (features) by the index of the text, in ascending order
   */
  default SortedMap<Integer, double[]> featureValues(
      List<Text> texts, BiConsumer<Integer, RuntimeException> failed) {
    SortedMap<Integer, double[]> values = new TreeMap<>();
    try {
      double[][] all = featureValues(texts);
      for (int j = 0; j < all.length; j++) {
        values.put(j, all[j]);
      }
    } catch (RuntimeException ofSome) {
      for (int j = 0; j < texts.size(); j++) {
        try {
          values.put(j, featureValues(texts.subList(j, j + 1))[0]);
        } catch (RuntimeException e) {
          failed.accept(j, e);
        }
      }
    }
    return values;
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
