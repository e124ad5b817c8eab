package io.tributary.target.feature;

import java.util.List;

/**
 * 1 iff any of several binary features is 1.
 *
 * @param parts at least one
 */
record AnyOfFeature(String name, List<Feature> parts) implements Feature {
  AnyOfFeature {
    parts = List.copyOf(parts);
  }

  @Override
  public double value(Text text) {
    return parts.stream().anyMatch(part -> part.value(text) == 1) ? 1 : 0;
  }

  @Override
  public double[] values(List<Text> texts) {
    double[] largest = parts.get(0).values(texts);
    for (Feature part : parts.subList(1, parts.size())) {
      double[] values = part.values(texts);
      for (int j = 0; j < largest.length; j++) {
        largest[j] = Math.max(largest[j], values[j]);
      }
    }
    return largest;
  }

  @Override
  public void close() {
    parts.forEach(Feature::close);
  }
}
