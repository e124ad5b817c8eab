package io.tributary.target;

import java.util.Arrays;
import java.util.List;

/**
 * P(x) = a(x) * prod_i phi_i(x): every feature is asked of every sequence (all moments 1; section
 * 4.2 (a) to (c), Korbak et al. 2022, arXiv:2206.00761).
 *
 * @param features at least one, with names that differ
 */
public record PointwiseTarget(List<Feature> features) implements Target {
  public PointwiseTarget {
    features = List.copyOf(features);
    List<String> names = features.stream().map(Feature::name).toList();
    if (features.isEmpty() || names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException(
          "a target has at least one feature, and their names differ; got " + names);
    }
  }

  @Override
  public double[] moments() {
    double[] moments = new double[features.size()];
    Arrays.fill(moments, 1);
    return moments;
  }

  /** sum_i log phi_i(x). */
  @Override
  public double logFactor(double[] features) {
    if (features.length != this.features.size()) {
      throw new IllegalArgumentException(
          "%d feature values for %d features".formatted(features.length, this.features.size()));
    }
    double logFactor = 0;
    for (int i = 0; i < features.length; i++) {
      if (!(features[i] >= 0)) {
        throw new IllegalArgumentException(
            "a factor of P(x) is 0 or more; feature \"%s\" has the value %s"
                .formatted(this.features.get(i).name(), features[i]));
      }
      logFactor += Math.log(features[i]);
    }
    return logFactor;
  }
}
