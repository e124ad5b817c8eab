package io.tributary.target;

import io.tributary.config.ConfigException;
import io.tributary.config.FeatureConfig;
import io.tributary.config.TargetConfig;
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

  /**
   * The target that the configuration describes.
   *
   * @throws ConfigException if a word list can't be read, or holds what is not a word
   */
  public static PointwiseTarget of(TargetConfig config) {
    return new PointwiseTarget(config.features().stream().map(PointwiseTarget::feature).toList());
  }

  private static Feature feature(FeatureConfig config) {
    if (config instanceof FeatureConfig.Word word) {
      return WordListFeature.of(word.name(), List.of(word.word()), word.caseSensitive());
    }
    if (config instanceof FeatureConfig.WordList list) {
      return wordList(list);
    }
    throw new IllegalArgumentException("no feature is made of " + config);
  }

  private static Feature wordList(FeatureConfig.WordList list) {
    List<String> words = list.entries();
    try {
      return WordListFeature.of(list.name(), words, list.caseSensitive());
    } catch (ConfigException e) {
      throw list.file().map(file -> new ConfigException(file + ": " + e.getMessage(), e)).orElse(e);
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
