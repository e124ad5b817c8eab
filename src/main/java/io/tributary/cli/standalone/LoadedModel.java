package io.tributary.cli.standalone;

import ai.djl.Device;
import io.tributary.data.BadInputException;
import io.tributary.model.DecoderConfig;
import io.tributary.model.LanguageModel;
import io.tributary.model.ModelDirectory;
import io.tributary.model.TextTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A model loaded from a directory, with its tokenizer if there is one.
 *
 * @param path the directory
 * @param device where the model computes
 */
public record LoadedModel(
    Path path, Device device, LanguageModel languageModel, @Nullable TextTokenizer tokenizer)
    implements AutoCloseable {

  /**
   * Reads a model directory; without a {@code tokenizer.json} the model reads and gives tokens
   * only. The engine must be loaded.
   *
   * @throws BadInputException if the directory holds no usable model
   */
  public static LoadedModel read(Path path, Device device) {
    ModelDirectory directory = ModelDirectory.open(path);
    directory.config().beginning();
    TextTokenizer tokenizer =
        Files.exists(path.resolve(ModelDirectory.TOKENIZER)) ? directory.tokenizer() : null;
    return new LoadedModel(
        path, device, directory.config().model(directory.weights(), device), tokenizer);
  }

  public DecoderConfig config() {
    return languageModel.config();
  }

  /**
   * The tokens of a text.
   *
   * @throws BadInputException if there is no tokenizer
   */
  public int[] encode(String text) {
    return requireTokenizer().encode(text);
  }

  /**
   * The tokenizer.
   *
   * @throws BadInputException if there is none
   */
  public TextTokenizer requireTokenizer() {
    if (tokenizer == null) {
      throw new BadInputException(
          "%s has no %s, which is needed to read and write text"
              .formatted(path, ModelDirectory.TOKENIZER));
    }
    return tokenizer;
  }

  /** The text of tokens, if there is a tokenizer. */
  public @Nullable String decode(int[] tokens) {
    return tokenizer == null ? null : tokenizer.decode(tokens);
  }

  /**
   * Checks that all tokens are in the model's vocabulary.
   *
   * @throws BadInputException naming the first that is not
   */
  public void requireVocabulary(int[] tokens) {
    for (int token : tokens) {
      if (token < 0 || token >= config().vocabulary()) {
        throw new BadInputException(
            "token %d is not in the vocabulary of %s, whose tokens are 0 to %d"
                .formatted(token, path, config().vocabulary() - 1));
      }
    }
  }

  /**
   * Checks that the model has positions for a prefix and the sequence after it.
   *
   * @param maxLength {@code samplers.max-length}, in tokens
   * @throws BadInputException if it has too few
   */
  public void requireRoom(int prefix, int maxLength) {
    int needed = prefix + maxLength - 1; // the last token is never read
    if (needed > config().positions()) {
      throw new BadInputException(
          "samplers.max-length = %d after a prefix of %d tokens needs %d positions, but the model in %s has %d"
              .formatted(maxLength, prefix, needed, path, config().positions()));
    }
  }

  @Override
  public void close() {
    languageModel.close();
  }
}
