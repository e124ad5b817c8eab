package io.tributary.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tributary.data.TensorBytes;
import io.tributary.tensor.TensorCopy;
import io.tributary.tensor.Torch;
import io.tributary.tensor.TrainedParameter;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A value function on a model's last hidden states, V_t = h_t . w + b, as that of Ziegler et al.
 * 2019, arXiv:1909.08593: linear, on a trunk shared with the policy, and initially 0. Only training
 * uses it.
 *
 * <p>D is the model's width, N a number of tokens.
 */
public final class ValueHead implements AutoCloseable {
  private static final String WEIGHT = "value_head.weight";
  private static final String BIAS = "value_head.bias";

  private final NDManager manager;
  private final TrainedParameter weight; // (D, 1)
  private final TrainedParameter bias; // (1)

  private ValueHead(NDManager manager, NDArray weight, NDArray bias) {
    this.manager = manager;
    this.weight = TrainedParameter.of(WEIGHT, weight);
    this.bias = TrainedParameter.of(BIAS, bias);
  }

  /** A value head for hidden states of {@code width} whose values are all 0. */
  public static ValueHead initialise(int width, Device device) {
    NDManager manager = Torch.newManager(device);
    return new ValueHead(manager, manager.zeros(new Shape(width, 1)), manager.zeros(new Shape(1)));
  }

  /**
   * A value head with weights from {@link #snapshot}.
   *
   * @throws IllegalArgumentException if they are not those of a value head of this width
   */
  public static ValueHead of(List<TensorBytes> tensors, int width, Device device) {
    List<String> names = tensors.stream().map(TensorBytes::name).toList();
    if (!names.equals(List.of(WEIGHT, BIAS))) {
      throw new IllegalArgumentException(
          "a value head has the tensors %s and %s, got %s".formatted(WEIGHT, BIAS, names));
    }
    ValueHead head = initialise(width, device);
    TensorCopy.set(head.weight.value(), tensors.get(0));
    TensorCopy.set(head.bias.value(), tensors.get(1));
    return head;
  }

  /** A copy of the weights. */
  public List<TensorBytes> snapshot() {
    return List.of(
        TensorCopy.toBytes(WEIGHT, weight.value()), TensorCopy.toBytes(BIAS, bias.value()));
  }

  /** Weight and bias with their gradients. */
  List<TrainedParameter> parameters() {
    return List.of(weight, bias);
  }

  /**
   * The values, (N).
   *
   * @param hidden (N, D)
   */
  double[] values(NDArray hidden) {
    float[] values =
        Torch.scoped(
            () -> hidden.matMul(weight.value()).addi(bias.value()).toFloatArray()); // (N, 1)
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  /**
   * Adds the gradient of a loss to those of weight, bias and hidden states.
   *
   * @param hidden (N, D)
   * @param byValue derivatives of the loss with respect to the values (N)
   * @param hiddenGradient (N, D)
   */
  void addGradient(NDArray hidden, double[] byValue, NDArray hiddenGradient) {
    Torch.scoped(
        () -> {
          NDArray column = OutputLayer.column(hidden, byValue); // (N, 1)
          weight.gradient().addi(hidden.transpose().matMul(column)); // (D, 1)
          bias.gradient().addi(column.sum(new int[] {0})); // (1)
          hiddenGradient.addi(column.matMul(weight.value().transpose())); // (N, D)
        });
  }

  @Override
  public void close() {
    parameters().forEach(TrainedParameter::close);
    manager.close();
  }
}
