package io.tributary.data;

import java.util.List;

/**
 * Published weights, and how a proposal of them is guided: immutable, so that they may be handed to
 * any number of receivers.
 *
 * @param version number and fingerprint
 * @param tensors all parameters of the model, in the model's order
 * @param guideStrength by how much the logits of tokens that the target needs are raised, in nats;
 *     0 for not at all
 */
public record WeightSnapshot(
    WeightVersion version, List<TensorBytes> tensors, double guideStrength) {
  public WeightSnapshot {
    tensors = List.copyOf(tensors);
    if (!(guideStrength >= 0) || Double.isInfinite(guideStrength)) {
      throw new IllegalArgumentException("a guide of strength " + guideStrength);
    }
  }

  /** Weights without a guide. */
  public WeightSnapshot(WeightVersion version, List<TensorBytes> tensors) {
    this(version, tensors, 0);
  }

  /** Without the tensors. */
  @Override
  public String toString() {
    return "proposal " + version.number();
  }
}
