package io.tributary.model;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.tributary.data.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Encodes and decodes text with a {@code tokenizer.json}. Special tokens are dropped when decoding,
 * and added only on request. Thread-safe.
 */
public record TextTokenizer(HuggingFaceTokenizer tokenizer, boolean addSpecialTokens) {

  /**
   * Reads a {@code tokenizer.json}; no special tokens are added, and texts may have any length.
   *
   * @throws BadInputException if it is missing or not a tokenizer
   */
  public static TextTokenizer read(Path file) {
    return read(file, HuggingFaceTokenizer.builder().optTruncation(false), false);
  }

  /**
   * Reads a {@code tokenizer.json} of a classifier.
   *
   * @param addSpecialTokens whether special tokens such as [CLS] are put around a text, as the file
   *     says
   * @param maxLength tokens that a text has at most, special ones included; longer texts are cut
   *     off
   * @throws BadInputException if it is missing or not a tokenizer
   */
  public static TextTokenizer read(Path file, boolean addSpecialTokens, int maxLength) {
    return read(
        file,
        HuggingFaceTokenizer.builder().optTruncation(true).optMaxLength(maxLength),
        addSpecialTokens);
  }

  private static TextTokenizer read(
      Path file, HuggingFaceTokenizer.Builder builder, boolean addSpecialTokens) {
    if (!Files.isReadable(file)) {
      throw new BadInputException(file + " does not exist or can't be read");
    }
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    try {
      builder.optTokenizerPath(file).optAddSpecialTokens(addSpecialTokens).optPadding(false);
      return new TextTokenizer(builder.build(), addSpecialTokens);
    } catch (IOException | RuntimeException e) {
      throw new BadInputException(file + " is not a tokenizer: " + e.getMessage(), e);
    }
  }

  /** The tokens of a text. */
  public int[] encode(String text) {
    return Arrays.stream(tokenizer.encode(text, addSpecialTokens, false).getIds())
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  /** The text of tokens; bytes that are not UTF-8 become U+FFFD. */
  public String decode(int[] tokens) {
    return tokenizer.decode(Arrays.stream(tokens).asLongStream().toArray(), true);
  }
}
