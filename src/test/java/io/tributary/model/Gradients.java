package io.tributary.model;

import io.tributary.tensor.TensorCopy;
import io.tributary.tensor.TrainedParameter;

/** Gradients of a training as one vector. */
public final class Gradients {
  private Gradients() {}

  /** All accumulated gradients one after the other, in the order of the model's snapshot. */
  public static double[] of(ModelTraining training) {
    return training.parameters().stream()
        .map(TrainedParameter::gradient)
        .map(gradient -> TensorCopy.toBytes("gradient", gradient).values())
        .collect(
            () -> new java.util.ArrayList<Double>(),
            (all, values) -> {
              for (float value : values) {
                all.add((double) value);
              }
            },
            java.util.ArrayList::addAll)
        .stream()
        .mapToDouble(Double::doubleValue)
        .toArray();
  }
}
