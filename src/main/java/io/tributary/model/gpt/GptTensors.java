package io.tributary.model.gpt;

import io.tributary.model.TensorLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Names and shapes of a GPT-2's tensors in the Hugging Face layout, whose Conv1D weights are (in,
 * out).
 */
final class GptTensors {
  static final String TOKEN_EMBEDDING = "wte.weight";
  static final String POSITION_EMBEDDING = "wpe.weight";
  private static final String HEAD = "lm_head.weight";
  private static final String PREFIX = "transformer.";

  /** Attention masks that older files carry. */
  private static final Pattern BUFFERS = Pattern.compile("h\\.\\d+\\.attn\\.(bias|masked_bias)");

  private GptTensors() {}

  /** Name of a tensor of block {@code layer}. */
  static String block(int layer, String name) {
    return "h." + layer + "." + name;
  }

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
