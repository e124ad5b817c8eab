package io.tributary.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tributary.data.TensorBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Copies between native arrays and bytes in Java. */
public final class TensorCopy {
  private TensorCopy() {}

  /** The values of a float32 array. */
  public static TensorBytes toBytes(String name, NDArray array) {
    ByteBuffer buffer = array.toByteBuffer();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return new TensorBytes(name, array.getShape().getShape().clone(), bytes);
  }

  /** A new array on the manager's device, in memory of libtorch's own (aligned) allocator. */
  public static NDArray create(NDManager manager, TensorBytes tensor) {
    NDArray array = manager.zeros(new Shape(tensor.shape()));
    set(array, tensor);
    return array;
  }

  /**
   * Overwrites an array in place; handles on it stay valid.
   *
   * @throws IllegalArgumentException if the shapes differ
   */
  public static void set(NDArray target, TensorBytes tensor) {
    if (!Arrays.equals(target.getShape().getShape(), tensor.shape())) {
      throw new IllegalArgumentException(
          "%s has shape %s, expected %s"
              .formatted(tensor.name(), Arrays.toString(tensor.shape()), target.getShape()));
    }
    Torch.inference(
        () -> {
          try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            Ops.copy(alias(target.getManager(), tensor), target);
            return null;
          }
        });
  }

  private static NDArray alias(NDManager manager, TensorBytes tensor) {
    ByteBuffer direct =
        ByteBuffer.allocateDirect(tensor.bytes().length).order(ByteOrder.nativeOrder());
    direct.put(tensor.bytes()).rewind();
    return manager.create(direct, new Shape(tensor.shape()), DataType.FLOAT32);
  }
}
