package io.tributary.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import java.util.List;

/** Global norm of the gradients and the factor that clips it. */
public final class GradientNorm {
  private GradientNorm() {}

  /** Euclidean norm over all gradients together; NaN or infinite if any of them is. */
  public static double of(List<TrainedParameter> parameters) {
    return Torch.inference(
        () -> {
          double squares = 0;
          for (TrainedParameter parameter : parameters) {
            try (NDScope scope = new NDScope()) {
              scope.suppressNotUsedWarning();
              NDArray gradient = parameter.gradient().reshape(-1);
              squares += gradient.matMul(gradient).getFloat();
            }
          }
          return Math.sqrt(squares);
        });
  }

  /**
   * Factor that scales gradients of norm {@code norm} down to {@code maxNorm} (Pascanu et al. 2013,
   * arXiv:1211.5063); 1 if the norm is not above it or {@code maxNorm} is 0 (off).
   */
  public static double clipFactor(double norm, double maxNorm) {
    return maxNorm > 0 && norm > maxNorm ? maxNorm / norm : 1;
  }
}
