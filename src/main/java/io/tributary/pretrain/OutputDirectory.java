package io.tributary.pretrain;

import io.tributary.config.PretrainConfig.Dtype;
import io.tributary.data.BadInputException;
import io.tributary.model.Gpt;
import io.tributary.model.ModelDirectory;
import io.tributary.model.TextTokenizer;
import io.tributary.tensor.FloatType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The model directory that is written. */
record OutputDirectory(Path path) {

  /**
   * Makes the directory, if it is not there yet.
   *
   * @throws BadInputException if it holds a model, or can't be made
   */
  static OutputDirectory claim(Path path) {
    for (String part : new String[] {ModelDirectory.CONFIG, ModelDirectory.WEIGHTS}) {
      if (Files.exists(path.resolve(part))) {
        throw new BadInputException(
            "pretrain.output = %s holds a model (%s), which is not overwritten; name another directory"
                .formatted(path, part));
      }
    }
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw unwritable(path, e);
    }
    return new OutputDirectory(path);
  }

  /**
   * Writes the tokenizer, and opens it.
   *
   * @throws BadInputException if it can't be written, or is none
   */
  TextTokenizer write(String tokenizer) {
    try {
      Files.writeString(tokenizerFile(), tokenizer);
    } catch (IOException e) {
      throw unwritable(path, e);
    }
    return TextTokenizer.read(tokenizerFile());
  }

  /**
   * Writes the model.
   *
   * @throws UncheckedIOException if it can't be written
   */
  void save(Gpt model, Dtype dtype) {
    FloatType type =
        switch (dtype) {
          case F16 -> FloatType.F16;
          case F32 -> FloatType.F32;
        };
    try {
      ModelDirectory.write(path, model.config(), model.snapshot(), tokenizerFile(), type);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the model can't be written to %s: %s".formatted(path, e.getMessage()), e);
    }
  }

  private Path tokenizerFile() {
    return path.resolve(ModelDirectory.TOKENIZER);
  }

  private static BadInputException unwritable(Path path, IOException e) {
    return new BadInputException("pretrain.output = %s can't be written: %s".formatted(path, e), e);
  }
}
