package io.tributary.data;

import java.util.List;

/**
 * The features of a draw's sequences, without those that a feature failed on.
 *
 * @param number the draw's number k
 * @param features (features) of each sequence that is left, phi(x)
 * @param dropped number of sequences on which a feature failed
 */
public record DrawFeatures(long number, List<double[]> features, int dropped) {
  public DrawFeatures {
    features = List.copyOf(features);
  }
}
