package io.tributary.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** Masks that are added to attention scores. */
public final class AttentionMask {
  private static final float FORBIDDEN = -1e9f;

  private AttentionMask() {}

  /** Each of T tokens attends to itself and to those before it: (1, 1, T, T). */
  public static NDArray causal(NDManager manager, long tokens) {
    int length = Math.toIntExact(tokens);
    float[] mask = new float[length * length];
    for (int query = 0; query < length; query++) {
      for (int key = query + 1; key < length; key++) {
        mask[query * length + key] = FORBIDDEN;
      }
    }
    return manager.create(mask, new Shape(1, 1, length, length));
  }
}
