package io.tributary.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Functions that libtorch takes from MKL's vector mathematics.
 *
 * <p>MKL selects the implementation of such a function on its first call. If two threads make that
 * call at once, one of them may get the least accurate implementation for that call, with a
 * relative error of 1.5e-4: the log q of a run's first draws would sometimes be wrong. MKL 2024.2,
 * which libtorch 2.7 contains, does so; 2025.0 does not (pytorch/pytorch issue 188792). Other
 * functions of a TorchScript module (erf, erfc) are not covered.
 */
final class VectorMath {
  private static final List<UnaryOperator<NDArray>> FUNCTIONS =
      List.of(
          NDArray::exp,
          NDArray::log,
          NDArray::log2,
          NDArray::log10,
          NDArray::sqrt,
          NDArray::sin,
          NDArray::cos,
          NDArray::tan,
          NDArray::asin,
          NDArray::acos,
          NDArray::atan,
          NDArray::tanh,
          NDArray::erfinv);

  private VectorMath() {}

  /** Calls each function once, in one thread before any other one computes. */
  static void chooseCode(NDManager manager) {
    for (DataType type : List.of(DataType.FLOAT32, DataType.FLOAT64)) {
      try (NDArray one = manager.ones(new Shape(1), type)) {
        FUNCTIONS.forEach(function -> function.apply(one).close());
      }
    }
  }
}
