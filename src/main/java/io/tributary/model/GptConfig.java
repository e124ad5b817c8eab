package io.tributary.model;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.tributary.data.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Shape of a GPT-2, as in {@code config.json} of a Hugging Face model directory.
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
public record GptConfig(
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
    boolean scaleByLayer) {

  public GptConfig {
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
  public static GptConfig of(
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

  /**
   * Reads a {@code config.json}.
   *
   * @throws BadInputException if it is missing, not JSON, not a GPT-2, or asks for what is not
   *     supported
   */
  public static GptConfig read(Path file) {
    JsonObject json;
    try {
      json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    } catch (NoSuchFileException e) {
      throw new BadInputException(file + " does not exist", e);
    } catch (IOException e) {
      throw new BadInputException(file + " can't be read: " + e.getMessage(), e);
    } catch (JsonParseException | IllegalStateException e) {
      throw new BadInputException(file + " is not a JSON object: " + e.getMessage(), e);
    }
    try {
      return of(json);
    } catch (RuntimeException e) {
      throw new BadInputException(file + ": " + e.getMessage(), e);
    }
  }

  private static GptConfig of(JsonObject object) {
    ConfigJson json = new ConfigJson(object);
    if (!json.text("model_type", "gpt2").equals("gpt2")) {
      throw new IllegalArgumentException(
          "model_type is \"%s\", expected \"gpt2\"".formatted(json.text("model_type", "gpt2")));
    }
    if (json.flag("add_cross_attention", false)) {
      throw new IllegalArgumentException("add_cross_attention = true is not supported");
    }
    int width = json.number("n_embd", 768);
    int vocabulary = json.number("vocab_size", 50257);
    return new GptConfig(
        json.number("n_layer", 12),
        json.number("n_head", 12),
        width,
        json.number("n_inner", 4 * width),
        json.number("n_positions", json.number("n_ctx", 1024)),
        vocabulary,
        json.fraction("layer_norm_epsilon", 1e-5),
        Activation.of(json.text("activation_function", "gelu_new")),
        json.number("bos_token_id", vocabulary - 1),
        json.single("eos_token_id", vocabulary - 1),
        json.flag("tie_word_embeddings", true),
        json.flag("scale_attn_weights", true),
        json.flag("scale_attn_by_inverse_layer_idx", false));
  }

  /** This configuration as the text of a {@code config.json}. */
  public String toJson() {
    JsonObject json = new JsonObject();
    json.add("architectures", new Gson().toJsonTree(new String[] {"GPT2LMHeadModel"}));
    json.addProperty("model_type", "gpt2");
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

  /** Width of one attention head, D / H. */
  public int headWidth() {
    return width / heads;
  }

  /**
   * The prefix of a sequence without a prompt: BOS alone.
   *
   * @throws BadInputException if the vocabulary does not hold {@code bos_token_id}
   */
  public int[] beginning() {
    if (bosToken < 0 || bosToken >= vocabulary) {
      throw new BadInputException(
          "bos_token_id = %d is not a token of the model's vocabulary of %d"
              .formatted(bosToken, vocabulary));
    }
    return new int[] {bosToken};
  }

  /**
   * The same token.
   *
   * @throws IllegalArgumentException if it is none of the vocabulary
   */
  int requireToken(int token) {
    if (token < 0 || token >= vocabulary) {
      throw new IllegalArgumentException(
          "token %d is not in the model's vocabulary of %d".formatted(token, vocabulary));
    }
    return token;
  }

  /** Number of parameters. */
  public long parameters() {
    long d = width;
    long block = 4 * d * d + 4 * d + 2 * d * innerWidth + d + innerWidth + 4 * d;
    long embeddings = (long) vocabulary * d * (tied ? 1 : 2) + (long) positions * d;
    return layers * block + embeddings + 2 * d;
  }

  private static void requirePositive(String key, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException(key + " must be positive, got " + value);
    }
  }
}
