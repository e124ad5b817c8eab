package io.tributary.tools.pretrain;

import io.tributary.config.PretrainConfig.Dtype;
import io.tributary.data.BadInputException;
import io.tributary.data.TensorBytes;
import io.tributary.io.DiskRoom;
import io.tributary.model.DecoderConfig;
import io.tributary.model.LanguageModel;
import io.tributary.model.ModelDirectory;
import io.tributary.model.TextTokenizer;
import io.tributary.tensor.FloatType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The model directory that training writes. */
record OutputDirectory(Path path, FloatType type) {

  /**
   * Creates the directory if it does not exist.
   *
   * @throws BadInputException if it holds a model, can't be made, or the disk has no room for the
   *     model
   */
  static OutputDirectory claim(Path path, Dtype dtype, InitialWeights start) {
    FloatType type = FloatType.valueOf(dtype.name());
    for (String part : new String[] {ModelDirectory.CONFIG, ModelDirectory.WEIGHTS}) {
      if (Files.exists(path.resolve(part))) {
        throw new BadInputException(
            "pretrain.output = %s holds a model (%s), which is not overwritten; name another directory"
                .formatted(path, part));
      }
    }
    try {
      Files.createDirectories(path);
      // the tokenizer is written at once, and anew beside the weights
      long bytes = ModelDirectory.bytes(start.model(), type, 2L * start.tokenizer().length());
      DiskRoom.require("pretrain.output", path, "the model", bytes);
    } catch (IOException e) {
      throw unwritable(path, e);
    }
    return new OutputDirectory(path, type);
  }

  /**
   * Writes the tokenizer and opens it.
   *
   * @throws BadInputException if it can't be written or is not a tokenizer
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
   * Writes the model. If the disk has filled up meanwhile, the model goes to the directory for
   * temporary files instead.
   *
   * @throws UncheckedIOException if it can't be written, saying where it is instead
   */
  void save(LanguageModel model) {
    List<TensorBytes> weights = model.snapshot();
    try {
      ModelDirectory.write(path, model.config(), weights, tokenizerFile(), type);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the model can't be written to %s (%s); %s"
              .formatted(path, e.getMessage(), elsewhere(model.config(), weights, e)),
          e);
    }
  }

  private String elsewhere(DecoderConfig config, List<TensorBytes> weights, IOException failure) {
    try {
      Path directory = Files.createTempDirectory("tributary-pretrain-").resolve("model");
      ModelDirectory.write(directory, config, weights, tokenizerFile(), type);
      return "it is in %s instead".formatted(directory);
    } catch (IOException e) {
      failure.addSuppressed(e);
      return "nor to the temporary directory (%s): it is lost".formatted(e.getMessage());
    }
  }

  private Path tokenizerFile() {
    return path.resolve(ModelDirectory.TOKENIZER);
  }

  private static BadInputException unwritable(Path path, IOException e) {
    return new BadInputException("pretrain.output = %s can't be written: %s".formatted(path, e), e);
  }
}
