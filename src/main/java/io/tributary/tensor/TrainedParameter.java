package io.tributary.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;

/**
 * A parameter with its gradient.
 *
 * @param name the tensor's name in the Hugging Face layout
 * @param value the parameter, a leaf of the autograd graph
 * @param gradient its gradient, of the same shape: the memory that backward passes add to
 */
public record TrainedParameter(String name, NDArray value, NDArray gradient)
    implements AutoCloseable {

  /**
   * Makes {@code value} a leaf with a gradient of zero. libtorch allocates a gradient at the first
   * backward pass and adds in place from then on; passing a gradient of zero once gives a handle
   * that stays valid.
   */
  public static TrainedParameter of(String name, NDArray value) {
    value.setRequiresGradient(true);
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      NDArray zero = Torch.recording(() -> value.mul(1f));
      Ops.backward(zero, zero.zerosLike());
      Ops.zeroGradient(value); // one that was trained before still has its last gradient
      NDArray gradient = value.getGradient();
      NDScope.unregister(gradient);
      return new TrainedParameter(name, value, gradient);
    }
  }

  /** Frees the gradient; the value stays, and needs no gradient any more. */
  @Override
  public void close() {
    gradient.close();
    if (!value.isReleased()) {
      value.setRequiresGradient(false);
    }
  }
}
