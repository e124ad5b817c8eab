package io.tributary.stage.fit;

import io.tributary.target.lambda.FeatureSample;

/** Sequences of the base model, drawn one after the other. */
public interface BaseSamples {

  /**
   * Adds the features of the next sequences to a sample.
   *
   * @param sequences sequences that the sample shall hold afterwards, at least
   * @return whether it was done; false if it was stopped
   */
  boolean extend(FeatureSample sample, int sequences);
}
