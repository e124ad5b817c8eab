package io.tributary.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Masks that are added to attention scores. A forbidden key gets a large negative number and not
 * minus infinity, so that a row of padding that may see nothing does not turn into NaN.
 */
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

  /** As {@link #causal}, for rows padded on the left by {@code padding[i]} tokens: (B, 1, T, T). */
  static NDArray causal(NDManager manager, int length, int[] padding) {
    float[] mask = new float[padding.length * length * length];
    for (int row = 0; row < padding.length; row++) {
      for (int query = 0; query < length; query++) {
        for (int key = 0; key < length; key++) {
          if (key > query || key < padding[row]) {
            mask[(row * length + query) * length + key] = FORBIDDEN;
          }
        }
      }
    }
    return manager.create(mask, new Shape(padding.length, 1, length, length));
  }

  /** One new token sees all {@code keys} but the padding on the left: (B, 1, 1, keys). */
  static NDArray next(NDManager manager, int keys, int[] padding) {
    float[] mask = new float[padding.length * keys];
    for (int row = 0; row < padding.length; row++) {
      java.util.Arrays.fill(mask, row * keys, row * keys + padding[row], FORBIDDEN);
    }
    return manager.create(mask, new Shape(padding.length, 1, 1, keys));
  }
}
