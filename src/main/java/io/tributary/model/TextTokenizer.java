package io.tributary.model;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.tributary.data.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Text to tokens and back, by a {@code tokenizer.json}. Special tokens are neither added nor shown.
 */
public final class TextTokenizer {
  private final HuggingFaceTokenizer tokenizer;

  private TextTokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Reads a {@code tokenizer.json}.
   *
   * @throws BadInputException if it is missing or not a tokenizer
   */
  public static TextTokenizer read(Path file) {
    if (!Files.isReadable(file)) {
      throw new BadInputException(file + " does not exist or can't be read");
    }
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    try {
      return new TextTokenizer(
          HuggingFaceTokenizer.builder()
              .optTokenizerPath(file)
              .optAddSpecialTokens(false)
              .optTruncation(false)
              .optPadding(false)
              .build());
    } catch (IOException | RuntimeException e) {
      throw new BadInputException(file + " is not a tokenizer: " + e.getMessage(), e);
    }
  }

  /** The tokens of a text. */
  public int[] encode(String text) {
    return Arrays.stream(tokenizer.encode(text, false, false).getIds())
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  /** The text of tokens; bytes that are not UTF-8 show as U+FFFD. */
  public String decode(int[] tokens) {
    return tokenizer.decode(Arrays.stream(tokens).asLongStream().toArray(), true);
  }
}
