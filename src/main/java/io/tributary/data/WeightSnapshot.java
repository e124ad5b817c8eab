package io.tributary.data;

import java.util.List;

/**
 * Published weights: immutable, so that they may be handed to any number of receivers.
 *
 * @param version number and fingerprint
 * @param tensors all parameters of the model, in the model's order
 */
public record WeightSnapshot(WeightVersion version, List<TensorBytes> tensors) {
  public WeightSnapshot {
    tensors = List.copyOf(tensors);
  }

  /** Without the tensors. */
  @Override
  public String toString() {
    return "proposal " + version.number();
  }
}
