package io.tributary.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The functions that libtorch has from MKL's vector mathematics.
 *
 * <p>MKL chooses the code of such a function when it is called for the first time. Where two
 * threads make that call at once, one of them may be given the least accurate code, with a relative
 * error of 1.5e-4, for that call alone: the log q of a run's first draws would be wrong now and
 * then. MKL 2024.2, which libtorch 2.7 holds, does so, and 2025.0 no more (pytorch/pytorch issue
 * 188792). Other functions of a TorchScript module (erf, erfc) are not covered.
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

  /** Calls each function once; to be done by one thread, before any other one computes. */
  static void chooseCode(NDManager manager) {
    for (DataType type : List.of(DataType.FLOAT32, DataType.FLOAT64)) {
      try (NDArray one = manager.ones(new Shape(1), type)) {
        FUNCTIONS.forEach(function -> function.apply(one).close());
      }
    }
  }
}
