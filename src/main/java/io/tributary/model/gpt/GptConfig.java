package io.tributary.model.gpt;

import ai.djl.Device;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import io.tributary.data.TensorBytes;
import io.tributary.io.JsonFile;
import io.tributary.model.DecoderConfig;
import io.tributary.model.LanguageModel;
import io.tributary.model.TensorLayout;
import java.util.List;

/**
 * Configuration of a GPT-2, as in {@code config.json} of a Hugging Face model directory.
 *
 * @param layers {@code n_layer}
 * @param heads {@code n_head}
 * @param width {@code n_embd}, D
 * @param innerWidth {@code n_inner}, 4 D by default
 * @param positions {@code n_positions} (older: {@code n_ctx}), the longest sequence with its prefix
 * @param vocabulary {@code vocab_size}, V
 * @param normEpsilon {@code layer_norm_epsilon}
 * @param activation {@code activation_function}
 * @param bosToken {@code bos_token_id}
 * @param eosToken {@code eos_token_id}; also a list of one
 * @param tied {@code tie_word_embeddings}: the output layer is the token embedding
 * @param scaleAttention {@code scale_attn_weights}
 * @param scaleByLayer {@code scale_attn_by_inverse_layer_idx}
 */
record GptConfig(
    int layers,
    int heads,
    int width,
    int innerWidth,
    int positions,
    int vocabulary,
    double normEpsilon,
    Activation activation,
    int bosToken,
    int eosToken,
    boolean tied,
    boolean scaleAttention,
    boolean scaleByLayer)
    implements DecoderConfig {
  /**
   * Floats per token and layer of a training pass, in multiples of the width: input, sum and
   * results of both layer norms, q, k, v, scaled q, mixed values, and gradients.
   */
  private static final int WIDTHS = 10;

  /**
   * The same in multiples of the inner width: input and output of the activation, and gradients.
   * Fits the peak measured with 4 layers of 128, 3 of 256 and 12 of 768 within 7 %.
   */
  private static final int INNER_WIDTHS = 3;

  /** The same in multiples of heads times positions: attention weights. */
  private static final int ATTENTIONS = 1;

  GptConfig {
    requirePositive("n_layer", layers);
    requirePositive("n_head", heads);
    requirePositive("n_embd", width);
    requirePositive("n_inner", innerWidth);
    requirePositive("n_positions", positions);
    requirePositive("vocab_size", vocabulary);
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "n_embd = %d is not a multiple of n_head = %d".formatted(width, heads));
    }
  }

  /** A tied GPT-2 with the usual settings, whose one special token is both BOS and EOS. */
  static GptConfig of(
      int layers, int heads, int width, int positions, int vocabulary, int endOfText) {
    return new GptConfig(
        layers,
        heads,
        width,
        4 * width,
        positions,
        vocabulary,
        1e-5,
        Activation.GELU_NEW,
        endOfText,
        endOfText,
        true,
        true,
        false);
  }

  /** What a {@code config.json} says; a key that is missing has GPT-2's own value. */
  static GptConfig of(JsonFile json) {
    if (json.flag("add_cross_attention", false)) {
      throw json.expected("add_cross_attention", "false: cross-attention is not supported");
    }
    int width = json.number("n_embd", 1, 768);
    int vocabulary = json.number("vocab_size", 1, 50257);
    List<Integer> eosTokens = json.numbers("eos_token_id", vocabulary - 1);
    if (eosTokens.size() != 1) {
      throw json.expected("eos_token_id", "a whole number or a list of one");
    }
    return new GptConfig(
        json.number("n_layer", 1, 12),
        json.number("n_head", 1, 12),
        width,
        json.number("n_inner", 1, 4 * width),
        json.number("n_positions", 1, json.number("n_ctx", 1, 1024)),
        vocabulary,
        json.fraction("layer_norm_epsilon", 1e-5),
        Activation.of(json.text("activation_function", "gelu_new")),
        json.number("bos_token_id", Integer.MIN_VALUE, vocabulary - 1),
        eosTokens.get(0),
        json.flag("tie_word_embeddings", true),
        json.flag("scale_attn_weights", true),
        json.flag("scale_attn_by_inverse_layer_idx", false));
  }

  @Override
  public String toJson() {
    JsonObject json = new JsonObject();
    json.add("architectures", new Gson().toJsonTree(new String[] {"GPT2LMHeadModel"}));
    json.addProperty("model_type", GptFamily.MODEL_TYPE);
    json.addProperty("n_layer", layers);
    json.addProperty("n_head", heads);
    json.addProperty("n_embd", width);
    json.addProperty("n_inner", innerWidth);
    json.addProperty("n_positions", positions);
    json.addProperty("n_ctx", positions);
    json.addProperty("vocab_size", vocabulary);
    json.addProperty("layer_norm_epsilon", normEpsilon);
    json.addProperty("activation_function", activation.hubName());
    json.addProperty("bos_token_id", bosToken);
    json.addProperty("eos_token_id", eosToken);
    json.addProperty("tie_word_embeddings", tied);
    json.addProperty("scale_attn_weights", scaleAttention);
    json.addProperty("scale_attn_by_inverse_layer_idx", scaleByLayer);
    return new GsonBuilder().setPrettyPrinting().create().toJson(json) + "\n";
  }

  @Override
  public int headWidth() {
    return width / heads;
  }

  @Override
  public List<Integer> endTokens() {
    return List.of(eosToken);
  }

  @Override
  public TensorLayout tensors() {
    return Gpt.layout(this);
  }

  @Override
  public double trainingBytes(long sequences, long positions) {
    long perToken =
        (long) WIDTHS * width
            + (long) INNER_WIDTHS * innerWidth
            + (long) ATTENTIONS * heads * positions;
    return (double) Float.BYTES * sequences * positions * layers * perToken;
  }

  /**
   * Normal with standard deviation 0.02, residual projections scaled by 1/sqrt(2 layers), as
   * GPT-2's (Radford et al. 2019, section 2.3).
   */
  @Override
  public List<TensorBytes> initialise(long seed) {
    return tensors()
        .initialise(
            seed, name -> name.endsWith("c_proj.weight") ? 0.02 / Math.sqrt(2.0 * layers) : 0.02);
  }

  @Override
  public LanguageModel model(List<TensorBytes> weights, Device device) {
    return new Gpt(this, weights, device);
  }

  private static void requirePositive(String key, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException(key + " must be positive, got " + value);
    }
  }
}
