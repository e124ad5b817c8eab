package io.tributary.model.averaging;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.tributary.data.TensorBytes;
import io.tributary.model.KeyValueCache;
import io.tributary.model.LanguageModel;
import io.tributary.tensor.Ops;
import java.util.List;
import java.util.function.Consumer;

/** Adds to each token's embedding the mean of all embeddings up to it: uniform attention. */
final class Averaging extends LanguageModel {
  Averaging(AveragingConfig config, List<TensorBytes> tensors, Device device) {
    super(config, tensors, device);
  }

  @Override
  protected NDArray forward(
      NDArray tokens, KeyValueCache cache, double dropout, Consumer<NDArray> blockInputs) {
    long b = tokens.getShape().get(0);
    long t = tokens.getShape().get(1);
    NDArray x = Ops.embedding(tokens, weight(AveragingConfig.EMBEDDING)); // (B, T, D)
    blockInputs.accept(x.reshape(b * t, config().width()));
    NDArray values = x.expandDims(1); // (B, 1, T, D)
    if (cache != null) {
      values = cache.values(0, values); // (B, 1, keys, D)
      cache.advance(t);
    }
    NDArray scores = manager().zeros(new Shape(b, 1, t, values.getShape().get(2)));
    if (t > 1) {
      scores = scores.add(causalMask(t));
    }
    NDArray mean = scores.softmax(3).matMul(values).squeeze(1); // (B, T, D)
    return x.add(mean).reshape(b * t, config().width()); // (B T, D)
  }
}
