package io.tributary.cli.options;

import ai.djl.Device;
import io.tributary.data.BadInputException;
import io.tributary.model.DecoderConfig;
import io.tributary.model.LanguageModel;
import io.tributary.model.ModelDirectory;
import io.tributary.model.TextTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A model of a directory, with its tokenizer if there is one. */
public final class LoadedModel implements AutoCloseable {
  private final Path path;
  private final LanguageModel gpt;
  private final @Nullable TextTokenizer tokenizer;

  private LoadedModel(Path path, LanguageModel gpt, @Nullable TextTokenizer tokenizer) {
    this.path = path;
    this.gpt = gpt;
    this.tokenizer = tokenizer;
  }

  /**
   * Reads a model directory; without a {@code tokenizer.json} the model takes and gives tokens
   * alone.
   *
   * @throws BadInputException if it can't be used
   */
  static LoadedModel read(Path path, Device device) {
    ModelDirectory directory = ModelDirectory.open(path);
    directory.config().beginning();
    TextTokenizer tokenizer =
        Files.exists(path.resolve(ModelDirectory.TOKENIZER)) ? directory.tokenizer() : null;
    return new LoadedModel(path, directory.config().model(directory.weights(), device), tokenizer);
  }

  public Path path() {
    return path;
  }

  public LanguageModel languageModel() {
    return gpt;
  }

  public DecoderConfig config() {
    return gpt.config();
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
          "%s has no %s, which text needs".formatted(path, ModelDirectory.TOKENIZER));
    }
    return tokenizer;
  }

  /** The text of tokens, if there is a tokenizer. */
  public @Nullable String decode(int[] tokens) {
    return tokenizer == null ? null : tokenizer.decode(tokens);
  }

  /**
   * Checks that all tokens are the model's.
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

  @Override
  public void close() {
    gpt.close();
  }
}
