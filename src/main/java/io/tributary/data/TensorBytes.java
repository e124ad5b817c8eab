package io.tributary.data;

import java.util.Arrays;

/**
 * One named float32 tensor as bytes.
 *
 * @param name the tensor's name in the Hugging Face layout
 * @param shape its dimensions
 * @param bytes the values, little-endian float32 in row-major order; never modified after creation
 */
public record TensorBytes(String name, long[] shape, byte[] bytes) {
  public TensorBytes {
    long expected = Arrays.stream(shape).reduce(Float.BYTES, Math::multiplyExact);
    if (bytes.length != expected) {
      throw new IllegalArgumentException(
          "tensor %s of shape %s needs %d bytes, got %d"
              .formatted(name, Arrays.toString(shape), expected, bytes.length));
    }
  }
}
