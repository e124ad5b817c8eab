package io.tributary.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.tributary.data.TensorBytes;
import io.tributary.tensor.Ops;
import io.tributary.tensor.TensorCopy;
import io.tributary.tensor.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a GPT-2 on one device and its forward pass up to the last hidden states; {@link
 * OutputLayer} makes log-probabilities of them.
 *
 * <p>B is the number of sequences, T their padded length, D the width, H the number of heads.
 * Arrays made by a pass belong to the {@link NDScope} around it.
 */
public final class Gpt implements AutoCloseable {
  private final GptConfig config;
  private final NDManager manager;
  private final Map<String, NDArray> weights = new LinkedHashMap<>();

  /** A model with the given weights, which are copied to the device. */
  public Gpt(GptConfig config, List<TensorBytes> tensors, Device device) {
    Set<String> names = tensors.stream().map(TensorBytes::name).collect(Collectors.toSet());
    if (!names.equals(GptTensors.shapes(config).keySet())) {
      throw new IllegalArgumentException("these are not the tensors of the model: " + names);
    }
    this.config = config;
    this.manager = Torch.newManager(device);
    tensors.forEach(tensor -> weights.put(tensor.name(), TensorCopy.create(manager, tensor)));
  }

  /** A model with fresh weights. */
  public static Gpt initialise(GptConfig config, long seed, Device device) {
    return new Gpt(config, GptTensors.initialise(config, seed), device);
  }

  public GptConfig config() {
    return config;
  }

  /** Owner of the weights. */
  NDManager manager() {
    return manager;
  }

  NDArray weight(String name) {
    NDArray weight = weights.get(name);
    if (weight == null) {
      throw new IllegalArgumentException("no such tensor: " + name);
    }
    return weight;
  }

  /** Names and values of all weights, in the model's order. */
  Map<String, NDArray> weights() {
    return weights;
  }

  /** The output layer (V, D): the token embedding unless they are separate. */
  NDArray output() {
    return weight(config.tied() ? GptTensors.TOKEN_EMBEDDING : GptTensors.OUTPUT);
  }

  /** A copy of all weights, in the model's order. */
  public List<TensorBytes> snapshot() {
    List<TensorBytes> tensors = new ArrayList<>();
    weights.forEach((name, weight) -> tensors.add(TensorCopy.toBytes(name, weight)));
    return tensors;
  }

  /** Overwrites all weights, in place. */
  public void load(List<TensorBytes> tensors) {
    if (tensors.size() != weights.size()) {
      throw new IllegalArgumentException(
          "got %d tensors, the model has %d".formatted(tensors.size(), weights.size()));
    }
    tensors.forEach(tensor -> TensorCopy.set(weight(tensor.name()), tensor));
  }

  /**
   * Last hidden states of new tokens.
   *
   * @param tokens token ids, int64 (B, T)
   * @param positions their positions, int64 (B, T) or (1, T)
   * @param mask added to the attention scores, (B, 1, T, keys) or (1, 1, T, keys); null if every
   *     key may be seen
   * @param cache keys and values of earlier tokens, extended by this pass; null without
   * @param dropout probability of dropout, on embeddings, attention and residuals; 0 for none
   * @return hidden states after the final layer norm, (B * T, D)
   */
  NDArray forward(
      NDArray tokens,
      NDArray positions,
      @Nullable NDArray mask,
      @Nullable KeyValueCache cache,
      double dropout) {
    NDArray x = drop(embed(tokens, positions), dropout);
    for (int layer = 0; layer < config.layers(); layer++) {
      x = block(layer, x, tokens.getShape(), mask, cache, dropout);
    }
    if (cache != null) {
      cache.advance(tokens.getShape().get(1));
    }
    return norm(x, "ln_f");
  }

  /**
   * Hidden states of all layers: of the embeddings, of each block but the last, and the last ones
   * after the final layer norm; {@code layers + 1} arrays (B * T, D). Parameters as {@link
   * #forward}.
   */
  List<NDArray> states(NDArray tokens, NDArray positions, @Nullable NDArray mask) {
    List<NDArray> states = new ArrayList<>();
    NDArray x = embed(tokens, positions);
    for (int layer = 0; layer < config.layers(); layer++) {
      states.add(x);
      x = block(layer, x, tokens.getShape(), mask, null, 0);
    }
    states.add(norm(x, "ln_f"));
    return states;
  }

  private NDArray embed(NDArray tokens, NDArray positions) {
    return Ops.embedding(tokens, weight(GptTensors.TOKEN_EMBEDDING)) // (B, T, D)
        .add(Ops.embedding(positions, weight(GptTensors.POSITION_EMBEDDING)))
        .reshape(tokens.size(), config.width()); // (B T, D)
  }

  private NDArray block(
      int layer,
      NDArray x,
      Shape batch,
      @Nullable NDArray mask,
      @Nullable KeyValueCache cache,
      double dropout) {
    NDArray attended = attention(layer, x, batch.get(0), batch.get(1), mask, cache, dropout);
    NDArray between = x.add(drop(attended, dropout));
    return between.add(drop(feedForward(layer, between), dropout));
  }

  private NDArray attention(
      int layer,
      NDArray x,
      long b,
      long t,
      @Nullable NDArray mask,
      @Nullable KeyValueCache cache,
      double dropout) {
    long h = config.heads();
    long width = config.headWidth();
    NDArray qkv =
        affine(norm(x, GptTensors.block(layer, "ln_1")), GptTensors.block(layer, "attn.c_attn"))
            .reshape(new Shape(b, t, 3, h, width))
            .transpose(2, 0, 3, 1, 4); // (3, B, H, T, D/H)
    NDArray q =
        Ops.times(Ops.slice(qkv, 0, 0, 1).squeeze(0), attentionScale(layer)); // (B, H, T, D/H)
    NDArray k = Ops.slice(qkv, 0, 1, 2).squeeze(0);
    NDArray v = Ops.slice(qkv, 0, 2, 3).squeeze(0);
    if (cache != null) {
      k = cache.keys(layer, k); // (B, H, keys, D/H)
      v = cache.values(layer, v);
    }
    NDArray scores = q.matMul(k.transpose(0, 1, 3, 2)); // (B, H, T, keys)
    if (mask != null) {
      scores = scores.add(mask);
    }
    NDArray mixed =
        drop(scores.softmax(3), dropout)
            .matMul(v) // (B, H, T, D/H)
            .transpose(0, 2, 1, 3)
            .reshape(b * t, config.width()); // (B T, D)
    return affine(mixed, GptTensors.block(layer, "attn.c_proj"));
  }

  private double attentionScale(int layer) {
    double scale = config.scaleAttention() ? 1 / Math.sqrt(config.headWidth()) : 1;
    return config.scaleByLayer() ? scale / (layer + 1) : scale;
  }

  private NDArray feedForward(int layer, NDArray x) {
    NDArray inner =
        affine(norm(x, GptTensors.block(layer, "ln_2")), GptTensors.block(layer, "mlp.c_fc"));
    return affine(config.activation().apply(inner), GptTensors.block(layer, "mlp.c_proj"));
  }

  private NDArray norm(NDArray x, String name) {
    return Ops.layerNorm(x, weight(name + ".weight"), weight(name + ".bias"), config.normEpsilon());
  }

  private NDArray affine(NDArray x, String name) {
    return Ops.affine(x, weight(name + ".weight"), weight(name + ".bias"));
  }

  private static NDArray drop(NDArray x, double probability) {
    return probability > 0 ? Ops.dropout(x, probability) : x;
  }

  @Override
  public void close() {
    manager.close();
  }
}
