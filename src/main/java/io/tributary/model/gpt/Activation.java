package io.tributary.model.gpt;

import ai.djl.ndarray.NDArray;
import io.tributary.tensor.Ops;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Activation function of the feed-forward layers (Hendrycks and Gimpel 2016, arXiv:1606.08415). */
enum Activation {
  /** The tanh approximation, GPT-2's own. */
  GELU_NEW("gelu_new") {
    @Override
    NDArray apply(NDArray x) {
      // x/2 (1 + tanh z) = x sigmoid(2 z), z = sqrt(2/pi) (x + 0.044715 x^3)
      double c = 2 * Math.sqrt(2 / Math.PI);
      return x.mul(Ops.sigmoid(Ops.times(x.square(), 0.044715 * c).add(c).mul(x)));
    }
  },
  /** The same function under the name that newer exports use. */
  GELU_PYTORCH_TANH("gelu_pytorch_tanh") {
    @Override
    NDArray apply(NDArray x) {
      return GELU_NEW.apply(x);
    }
  },
  /** The exact form, with the error function. */
  GELU("gelu") {
    @Override
    NDArray apply(NDArray x) {
      return Ops.gelu(x);
    }
  },
  /** max(0, x). */
  RELU("relu") {
    @Override
    NDArray apply(NDArray x) {
      return Ops.relu(x);
    }
  };

  private final String hubName;

  Activation(String hubName) {
    this.hubName = hubName;
  }

  /** The function, element by element; differentiable. */
  abstract NDArray apply(NDArray x);

  /** Its name in a {@code config.json}. */
  String hubName() {
    return hubName;
  }

  static Activation of(String hubName) {
    return Arrays.stream(values())
        .filter(a -> a.hubName.equals(hubName))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "activation_function is \"%s\", expected one of %s"
                        .formatted(
                            hubName,
                            Arrays.stream(values())
                                .map(Activation::hubName)
                                .collect(Collectors.joining(", ")))));
  }
}
