package io.tributary.target.feature;

import java.util.List;

/**
 * 1 iff all of several binary features are 1.
 *
 * @param parts at least one
 */
record AllOfFeature(String name, List<Feature> parts) implements Feature {
  AllOfFeature {
    parts = List.copyOf(parts);
  }

  @Override
  public double value(Text text) {
    return parts.stream().allMatch(part -> part.value(text) == 1) ? 1 : 0;
  }

  @Override
  public double[] values(List<Text> texts) {
    double[] smallest = parts.get(0).values(texts);
    for (Feature part : parts.subList(1, parts.size())) {
      double[] values = part.values(texts);
      for (int j = 0; j < smallest.length; j++) {
        smallest[j] = Math.min(smallest[j], values[j]);
      }
    }
    return smallest;
  }

  @Override
  public void close() {
    parts.forEach(Feature::close);
  }
}
