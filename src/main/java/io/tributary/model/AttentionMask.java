package io.tributary.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** Masks that are added to attention scores. */
final class AttentionMask {
  private static final float FORBIDDEN = -1e9f;

  private AttentionMask() {}

  /** Every token sees itself and what is before it: (1, 1, T, T). */
  static NDArray causal(NDManager manager, int length) {
    float[] mask = new float[length * length];
    for (int query = 0; query < length; query++) {
      for (int key = query + 1; key < length; key++) {
        mask[query * length + key] = FORBIDDEN;
      }
    }
    return manager.create(mask, new Shape(1, 1, length, length));
  }
}
