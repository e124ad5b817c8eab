package io.tributary.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

  /** A tensor of these values, in row-major order. */
  public static TensorBytes of(String name, float[] values, long... shape) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return new TensorBytes(name, shape, bytes.array());
  }

  /** A copy of the values, in row-major order. */
  public float[] values() {
    float[] values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }
}
