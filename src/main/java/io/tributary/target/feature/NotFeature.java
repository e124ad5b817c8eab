package io.tributary.target.feature;

import java.util.Arrays;
import java.util.List;

/** 1 iff a binary feature is 0. */
record NotFeature(String name, Feature part) implements Feature {
  @Override
  public double value(Text text) {
    return 1 - part.value(text);
  }

  @Override
  public double[] values(List<Text> texts) {
    return Arrays.stream(part.values(texts)).map(value -> 1 - value).toArray();
  }

  @Override
  public void close() {
    part.close();
  }
}
