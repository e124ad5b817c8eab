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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Copies between native arrays and bytes in Java.
 *
 * <p>Values go to native memory through a pool of small direct buffers, as many as there are
 * concurrent copies. Larger buffers, or one per thread, would be freed only when the garbage
 * collector finds them, and the collector does not know how much memory they hold.
 */
public final class TensorCopy {
  private static final int PIECE_BYTES = 1 << 20;

  private static final Queue<ByteBuffer> PIECES = new ConcurrentLinkedQueue<>();

  private TensorCopy() {}

  /**
   * The values of a float32 array.
   *
   * @throws OutOfMemoryError if the heap has no room for them: the engine's own copies would end
   *     the process with a segmentation fault then
   */
  public static TensorBytes toBytes(String name, NDArray array) {
    try (NDScope scope = new NDScope()) { // from a GPU they pass through an array of their own
      scope.suppressNotUsedWarning();
      ByteBuffer buffer = array.toByteBuffer(true); // the array's own memory
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      return new TensorBytes(name, array.getShape().getShape().clone(), bytes);
    }
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
    Torch.scoped(
        () -> {
          NDArray values = target.reshape(-1); // a view
          byte[] bytes = tensor.bytes();
          ByteBuffer piece = takePiece();
          for (long from = 0; from < bytes.length; from += PIECE_BYTES) {
            int length = (int) Math.min(PIECE_BYTES, bytes.length - from);
            copy(bytes, (int) from, length, piece, values);
          }
          PIECES.add(piece);
        });
  }

  private static ByteBuffer takePiece() {
    ByteBuffer piece = PIECES.poll();
    return piece != null
        ? piece
        : ByteBuffer.allocateDirect(PIECE_BYTES).order(ByteOrder.nativeOrder());
  }

  private static void copy(byte[] bytes, int from, int length, ByteBuffer piece, NDArray values) {
    piece.clear().put(bytes, from, length).flip();
    long n = piece.remaining() / Float.BYTES;
    try (NDArray alias = values.getManager().create(piece, new Shape(n), DataType.FLOAT32)) {
      long at = from / Float.BYTES;
      Ops.assign(values, 0, at, at + n, alias);
    }
  }
}
