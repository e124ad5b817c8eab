package io.tributary.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;

/**
 * Operations of libtorch that the NDArray interface does not offer, or offers only through a parsed
 * index. All of them are differentiable unless said otherwise.
 */
public final class Ops {
  private Ops() {}

  /** View of {@code array} with positions {@code [from, to)} along {@code axis}; shares memory. */
  public static NDArray slice(NDArray array, int axis, long from, long to) {
    return JniUtils.slice(torch(array), axis, from, to, 1);
  }

  /**
   * Overwrites positions {@code [from, to)} along {@code axis} with {@code values} of that shape;
   * not differentiable.
   */
  public static void assign(NDArray array, int axis, long from, long to, NDArray values) {
    long[] max = array.getShape().getShape().clone();
    long[] min = new long[max.length];
    long[] step = new long[max.length];
    Arrays.fill(step, 1);
    min[axis] = from;
    max[axis] = to;
    JniUtils.indexSet(torch(array), torch(values), min, max, step);
  }

  /**
   * Sets {@code matrix[rows[i], columns[i]] = values[i]}, each pair at most once; not
   * differentiable.
   */
  public static void assign(NDArray matrix, NDArray rows, NDArray columns, NDArray values) {
    matrix.set(new NDIndex("{},{}", rows, columns), values);
  }

  /** Rows of {@code weight} (V, D) at {@code ids} (…), shape (…, D). */
  public static NDArray embedding(NDArray ids, NDArray weight) {
    return JniUtils.embedding(torch(ids), torch(weight), false);
  }

  /**
   * Rows {@code indices} (n) of {@code array} (m, …), shape (n, …), owned by the manager of {@code
   * indices}.
   */
  public static NDArray rows(NDArray array, NDArray indices) {
    return JniUtils.indexAdv(
        torch(array), new NDIndex("{}", indices), (PtNDManager) indices.getManager());
  }

  /** Layer normalisation over the last axis. */
  public static NDArray layerNorm(NDArray x, NDArray scale, NDArray shift, double epsilon) {
    return JniUtils.layerNorm(torch(x), scale.getShape(), torch(scale), torch(shift), epsilon);
  }

  /** Dropout with the engine's generator, seeded by {@link Torch#seed}. */
  public static NDArray dropout(NDArray x, double probability) {
    return JniUtils.dropout(torch(x), probability, true);
  }

  /**
   * Adds the gradient of {@code sum(output * outputGradient)} to the gradients of all leaves that
   * {@code output} was computed from, and frees the graph.
   */
  public static void backward(NDArray output, NDArray outputGradient) {
    JniUtils.backward(torch(output), torch(outputGradient), false, false);
  }

  /** Sets the gradient of a leaf to zero, in place. */
  public static void zeroGradient(NDArray leaf) {
    JniUtils.zeroGrad(torch(leaf));
  }

  private static PtNDArray torch(NDArray array) {
    return (PtNDArray) array;
  }
}
