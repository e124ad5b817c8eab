package io.tributary.testing.model;

import io.tributary.data.TensorBytes;
import java.util.function.IntToDoubleFunction;

/** Tensors made of a function. */
public final class Tensors {
  private Tensors() {}

  /** A tensor whose i-th value is {@code value(i)}. */
  public static TensorBytes of(String name, IntToDoubleFunction value, long... shape) {
    int size = 1;
    for (long dimension : shape) {
      size *= Math.toIntExact(dimension);
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) value.applyAsDouble(i);
    }
    return TensorBytes.of(name, values, shape);
  }
}
