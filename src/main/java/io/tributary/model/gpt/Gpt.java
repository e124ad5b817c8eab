package io.tributary.model.gpt;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.tributary.data.TensorBytes;
import io.tributary.model.KeyValueCache;
import io.tributary.model.LanguageModel;
import io.tributary.model.TensorLayout;
import io.tributary.tensor.Ops;
import io.tributary.tensor.Script;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
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

  /** The tensors of a block, in the order in which the script takes them. */
  private static final List<String> BLOCK =
      List.of(
          "ln_1.weight",
          "ln_1.bias",
          "attn.c_attn.weight",
          "attn.c_attn.bias",
          "attn.c_proj.weight",
          "attn.c_proj.bias",
          "ln_2.weight",
          "ln_2.bias",
          "mlp.c_fc.weight",
          "mlp.c_fc.bias",
          "mlp.c_proj.weight",
          "mlp.c_proj.bias");

  private final GptConfig config;
  private final Map<Map<String, Object>, Script> scripts = new ConcurrentHashMap<>();

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
    NDArray x = drop(embed(tokens, cache == null ? 0 : cache.length()), dropout); // (B, T, D)
    NDArray none = manager().create(new Shape(0));
    for (int layer = 0; layer < config.layers(); layer++) {
      blockInputs.accept(flat(x));
      NDArray keys = cache == null ? none : cache.keys(layer, length);
      NDArray values = cache == null ? none : cache.values(layer, length);
      x = script(layer, dropout).apply(inputs(layer, x, keys, values)).get(0);
    }
    if (cache != null) {
      cache.advance(length);
    }
    return Ops.layerNorm(flat(x), weight("ln_f.weight"), weight("ln_f.bias"), config.normEpsilon());
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
        .add(Ops.embedding(positions, weight(POSITION_EMBEDDING)));
  }

  private NDArray flat(NDArray x) {
    return x.reshape(-1, config.width()); // (B T, D)
  }

  private Script script(int layer, double dropout) {
    Map<String, Object> attributes =
        Map.of(
            "activation", config.activation().hubName(),
            "dropout", dropout,
            "epsilon", config.normEpsilon(),
            "heads", (long) config.heads(),
            "scale", attentionScale(layer));
    return scripts.computeIfAbsent(
        attributes, a -> Script.load(manager(), Gpt.class, "block.py", "Block", a));
  }

  /** The parameters of the script's {@code forward}. */
  private NDArray[] inputs(int layer, NDArray x, NDArray keys, NDArray values) {
    return Stream.concat(
            Stream.of(x, keys, values), BLOCK.stream().map(name -> weight(block(layer, name))))
        .toArray(NDArray[]::new);
  }

  private double attentionScale(int layer) {
    double scale = config.scaleAttention() ? 1 / Math.sqrt(config.headWidth()) : 1;
    return config.scaleByLayer() ? scale / (layer + 1) : scale;
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
