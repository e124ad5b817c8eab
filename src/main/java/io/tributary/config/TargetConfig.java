package io.tributary.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The target P(x).
 *
 * @param features at least one, with different names
 */
public record TargetConfig(List<FeatureConfig> features) {
  public TargetConfig {
    features = List.copyOf(features);
    Require.that(!features.isEmpty(), "features", "[]", "a list of at least one feature");
    Set<String> names = new HashSet<>();
    for (int i = 0; i < features.size(); i++) {
      String name = features.get(i).name();
      Require.that(
          names.add(name),
          "features[%d].name".formatted(i),
          '"' + name + '"',
          "different from the names of the other features");
    }
  }
}
