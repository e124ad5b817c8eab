package io.tributary.model.gpt;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.tributary.data.TensorBytes;
import io.tributary.model.KeyValueCache;
import io.tributary.model.LanguageModel;
import io.tributary.model.TensorLayout;
import io.tributary.tensor.Ops;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The decoder of a GPT-2.
 *
 * <p>B is the number of sequences, T their padded length, D the width, H the number of heads.
 */
final class Gpt extends LanguageModel {
  private static final String TOKEN_EMBEDDING = "wte.weight";
  private static final String POSITION_EMBEDDING = "wpe.weight";
  private static final String HEAD = "lm_head.weight";
  private static final String PREFIX = "transformer.";

  /** Attention masks that older files carry. */
  private static final Pattern BUFFERS = Pattern.compile("h\\.\\d+\\.attn\\.(bias|masked_bias)");

  private final GptConfig config;

  Gpt(GptConfig config, List<TensorBytes> tensors, Device device) {
    super(config, tensors, device);
    this.config = config;
  }

  @Override
  protected NDArray forward(
      NDArray tokens,
      @Nullable KeyValueCache cache,
      double dropout,
      Consumer<NDArray> blockInputs) {
    long length = tokens.getShape().get(1);
    NDArray x = drop(embed(tokens, cache == null ? 0 : cache.length()), dropout);
    NDArray mask = length > 1 ? causalMask(length) : null;
    for (int layer = 0; layer < config.layers(); layer++) {
      blockInputs.accept(x);
      x = block(layer, x, tokens.getShape(), mask, cache, dropout);
    }
    if (cache != null) {
      cache.advance(length);
    }
    return norm(x, "ln_f");
  }

  /**
   * Token and position embeddings.
   *
   * @param from position of the first token
   */
  private NDArray embed(NDArray tokens, long from) {
    long length = tokens.getShape().get(1);
    NDArray positions = // (1, T)
        manager().create(LongStream.range(from, from + length).toArray(), new Shape(1, length));
    return Ops.embedding(tokens, weight(TOKEN_EMBEDDING)) // (B, T, D)
        .add(Ops.embedding(positions, weight(POSITION_EMBEDDING)))
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
        affine(norm(x, block(layer, "ln_1")), block(layer, "attn.c_attn"))
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
    return affine(mixed, block(layer, "attn.c_proj"));
  }

  private double attentionScale(int layer) {
    double scale = config.scaleAttention() ? 1 / Math.sqrt(config.headWidth()) : 1;
    return config.scaleByLayer() ? scale / (layer + 1) : scale;
  }

  private NDArray feedForward(int layer, NDArray x) {
    NDArray inner = affine(norm(x, block(layer, "ln_2")), block(layer, "mlp.c_fc"));
    return affine(config.activation().apply(inner), block(layer, "mlp.c_proj"));
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

  /** Name of a tensor of block {@code layer}. */
  private static String block(int layer, String name) {
    return "h." + layer + "." + name;
  }

  /**
   * Names and shapes of the tensors in the Hugging Face layout, whose Conv1D weights are (in, out).
   */
  static TensorLayout layout(GptConfig config) {
    long d = config.width();
    long inner = config.innerWidth();
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes.put(TOKEN_EMBEDDING, new long[] {config.vocabulary(), d});
    shapes.put(POSITION_EMBEDDING, new long[] {config.positions(), d});
    for (int i = 0; i < config.layers(); i++) {
      shapes.put(block(i, "ln_1.weight"), new long[] {d});
      shapes.put(block(i, "ln_1.bias"), new long[] {d});
      shapes.put(block(i, "attn.c_attn.weight"), new long[] {d, 3 * d});
      shapes.put(block(i, "attn.c_attn.bias"), new long[] {3 * d});
      shapes.put(block(i, "attn.c_proj.weight"), new long[] {d, d});
      shapes.put(block(i, "attn.c_proj.bias"), new long[] {d});
      shapes.put(block(i, "ln_2.weight"), new long[] {d});
      shapes.put(block(i, "ln_2.bias"), new long[] {d});
      shapes.put(block(i, "mlp.c_fc.weight"), new long[] {d, inner});
      shapes.put(block(i, "mlp.c_fc.bias"), new long[] {inner});
      shapes.put(block(i, "mlp.c_proj.weight"), new long[] {inner, d});
      shapes.put(block(i, "mlp.c_proj.bias"), new long[] {d});
    }
    shapes.put("ln_f.weight", new long[] {d});
    shapes.put("ln_f.bias", new long[] {d});
    if (!config.tied()) {
      shapes.put(HEAD, new long[] {config.vocabulary(), d});
    }
    return new TensorLayout(shapes, config.tied() ? TOKEN_EMBEDDING : HEAD, PREFIX, HEAD, BUFFERS);
  }
}
