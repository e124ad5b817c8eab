package io.tributary.testing.model;

import io.tributary.data.TensorBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntToDoubleFunction;

/** Tensors made of and taken apart into Java's floats. */
public final class Tensors {
  private Tensors() {}

  /** A tensor whose i-th value is {@code value(i)}. */
  public static TensorBytes of(String name, IntToDoubleFunction value, long... shape) {
    int size = 1;
    for (long dimension : shape) {
      size *= Math.toIntExact(dimension);
    }
    ByteBuffer bytes = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < size; i++) {
      bytes.putFloat((float) value.applyAsDouble(i));
    }
    return new TensorBytes(name, shape, bytes.array());
  }

  /** The values of a tensor. */
  public static float[] values(TensorBytes tensor) {
    float[] values = new float[tensor.bytes().length / Float.BYTES];
    ByteBuffer.wrap(tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }
}
