package io.tributary.model;

import ai.djl.Device;
import io.tributary.data.BadInputException;
import io.tributary.data.TensorBytes;
import io.tributary.io.JsonFile;
import java.nio.file.Path;
import java.util.List;

/**
 * What a {@code config.json} says about a causal language model: sizes, special tokens, tensors,
 * memory. Each model family has its own implementation.
 */
public interface DecoderConfig {

  /**
   * Reads a {@code config.json}; its {@code model_type} chooses the family.
   *
   * @throws BadInputException if it is missing, not JSON, of an unknown family, or asks for what is
   *     not supported
   */
  static DecoderConfig read(Path file) {
    JsonFile json = JsonFile.read(file);
    try {
      return ModelFamily.of(json.text("model_type", ModelFamily.DEFAULT)).config(json);
    } catch (IllegalArgumentException e) {
      throw new BadInputException(file + ": " + e.getMessage(), e);
    }
  }

  /** Number of decoder blocks. */
  int layers();

  /** Number of query heads of a block. */
  int heads();

  /** Number of key and value heads of a block; fewer than {@link #heads} if they are grouped. */
  default int keyValueHeads() {
    return heads();
  }

  /** Width of one attention head. */
  int headWidth();

  /** Width of the hidden states, D. */
  int width();

  /** The longest sequence with its prefix, in tokens. */
  int positions();

  /** Number of tokens, V. */
  int vocabulary();

  /** The token before a sequence without a prompt. */
  int bosToken();

  /** The tokens that end a sequence, at least one; the first is the one to end a text with. */
  List<Integer> endTokens();

  /** Names and shapes of the weights. */
  TensorLayout tensors();

  /**
   * Memory in bytes of the largest arrays of a training pass, weights and moments not included.
   *
   * @param sequences sequences of a micro-batch
   * @param positions their padded length, prefix included
   */
  double trainingBytes(long sequences, long positions);

  /** Memory in bytes of a key-value cache; parameters as {@link #trainingBytes}. */
  default double cacheBytes(long sequences, long positions) {
    return 2.0
        * Float.BYTES
        * sequences
        * positions
        * layers()
        * ((long) keyValueHeads() * headWidth());
  }

  /** Fresh weights, in the model's order. */
  List<TensorBytes> initialise(long seed);

  /** A model with these weights, which are copied to the device. */
  LanguageModel model(List<TensorBytes> weights, Device device);

  /** This configuration as the text of a {@code config.json}. */
  String toJson();

  /** Number of parameters. */
  default long parameters() {
    return tensors().parameters();
  }

  /**
   * The prefix of a sequence without a prompt: BOS alone.
   *
   * @throws BadInputException if the vocabulary does not hold {@code bos_token_id}
   */
  default int[] beginning() {
    if (bosToken() < 0 || bosToken() >= vocabulary()) {
      throw new BadInputException(
          "bos_token_id = %d is not a token of the model's vocabulary of %d"
              .formatted(bosToken(), vocabulary()));
    }
    return new int[] {bosToken()};
  }

  /**
   * The same token.
   *
   * @throws IllegalArgumentException if it is not in the vocabulary
   */
  default int requireToken(int token) {
    if (token < 0 || token >= vocabulary()) {
      throw new IllegalArgumentException(
          "token %d is not in the model's vocabulary of %d".formatted(token, vocabulary()));
    }
    return token;
  }
}
