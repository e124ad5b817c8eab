package io.tributary.target.feature;

/** Number of tokens of the sequence, EOS included. */
record LengthFeature(String name) implements Feature {
  @Override
  public double value(Text text) {
    return text.tokens();
  }
}
