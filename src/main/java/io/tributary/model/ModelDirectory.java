package io.tributary.model;

import io.tributary.data.BadInputException;
import io.tributary.data.TensorBytes;
import io.tributary.tensor.FloatType;
import io.tributary.tensor.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/**
 * A model directory in Hugging Face's layout: {@code config.json}, {@code model.safetensors},
 * {@code tokenizer.json}.
 */
public final class ModelDirectory {
  public static final String CONFIG = "config.json";
  public static final String WEIGHTS = "model.safetensors";
  public static final String TOKENIZER = "tokenizer.json";

  private final Path directory;
  private final GptConfig config;

  private ModelDirectory(Path directory, GptConfig config) {
    this.directory = directory;
    this.config = config;
  }

  /**
   * Opens a directory and reads its configuration; weights and tokenizer are read when asked for.
   *
   * @throws BadInputException naming the file, if the directory or its configuration can't be used
   */
  public static ModelDirectory open(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new BadInputException(
          "%s is not a model directory: expected a directory with %s, %s and %s"
              .formatted(directory, CONFIG, WEIGHTS, TOKENIZER));
    }
    return new ModelDirectory(directory, GptConfig.read(directory.resolve(CONFIG)));
  }

  public Path path() {
    return directory;
  }

  public GptConfig config() {
    return config;
  }

  /**
   * The weights in the model's order.
   *
   * @throws BadInputException naming the file and the tensor that is missing, misshapen, surplus or
   *     damaged
   */
  public List<TensorBytes> weights() {
    return weights(directory.resolve(WEIGHTS), config);
  }

  /**
   * The weights of a single safetensors file, in the model's order; errors as {@link #weights()}.
   */
  public static List<TensorBytes> weights(Path file, GptConfig config) {
    Map<String, TensorBytes> stored = SafeTensors.read(file, GptTensors::isWeight);
    return GptTensors.arrange(file, config, stored);
  }

  /**
   * The tokenizer.
   *
   * @throws BadInputException if it is missing or not a tokenizer
   */
  public TextTokenizer tokenizer() {
    return TextTokenizer.read(directory.resolve(TOKENIZER));
  }

  /**
   * Writes a model directory that {@link #open} and Hugging Face's GPT2LMHeadModel read.
   *
   * @param directory where to; made if missing
   * @param tokenizer a {@code tokenizer.json} to copy
   * @throws IOException if the disk is full or the directory can't be written
   */
  public static void write(
      Path directory, GptConfig config, List<TensorBytes> weights, Path tokenizer, FloatType type)
      throws IOException {
    Files.createDirectories(directory);
    writeWeights(directory.resolve(WEIGHTS), weights, type);
    Files.copy(tokenizer, directory.resolve(TOKENIZER), StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(directory.resolve(CONFIG), config.toJson());
  }

  /** Writes weights as a safetensors file under Hugging Face's names. */
  public static void writeWeights(Path file, List<TensorBytes> weights, FloatType type)
      throws IOException {
    List<TensorBytes> named =
        weights.stream()
            .map(t -> new TensorBytes(GptTensors.hubName(t.name()), t.shape(), t.bytes()))
            .toList();
    SafeTensors.write(file, named, type);
  }
}
