package io.tributary.model.gpt;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Activation function of the feed-forward layers (Hendrycks and Gimpel 2016, arXiv:1606.08415). */
enum Activation {
  /** The tanh approximation, GPT-2's own. */
  GELU_NEW,
  /** The same function under the name that newer exports use. */
  GELU_PYTORCH_TANH,
  /** The exact form, with the error function. */
  GELU,
  /** max(0, x). */
  RELU;

  /** Its name in a {@code config.json}. */
  String hubName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Activation of(String hubName) {
    return Arrays.stream(values())
        .filter(a -> a.hubName().equals(hubName))
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
