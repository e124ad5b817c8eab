package io.tributary.model;

import io.tributary.data.BadInputException;
import io.tributary.data.TensorBytes;
import io.tributary.io.LastingFiles;
import io.tributary.tensor.FloatType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A model directory in Hugging Face's layout: {@code config.json}, {@code model.safetensors},
 * {@code tokenizer.json}.
 */
public record ModelDirectory(Path path, DecoderConfig config) {
  public static final String CONFIG = "config.json";
  public static final String WEIGHTS = "model.safetensors";
  public static final String TOKENIZER = "tokenizer.json";

  private static final List<String> FILES = List.of(WEIGHTS, TOKENIZER, CONFIG);

  /** More than config.json and the headers of the weights take. */
  private static final long OTHER_BYTES = 1 << 16;

  /**
   * Opens a directory and reads its configuration; weights and tokenizer are read on request.
   *
   * @throws BadInputException naming the file, if the directory or its configuration can't be used
   */
  public static ModelDirectory open(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new BadInputException(
          "%s is not a model directory: expected a directory with %s, %s and %s"
              .formatted(directory, CONFIG, WEIGHTS, TOKENIZER));
    }
    return new ModelDirectory(directory, DecoderConfig.read(directory.resolve(CONFIG)));
  }

  /**
   * The weights in the model's order.
   *
   * @throws BadInputException naming the file and the tensor that is missing, misshapen, surplus,
   *     damaged or not finite
   */
  public List<TensorBytes> weights() {
    return config.tensors().read(path.resolve(WEIGHTS));
  }

  /**
   * The tokenizer.
   *
   * @throws BadInputException if it is missing or not a tokenizer
   */
  public TextTokenizer tokenizer() {
    return TextTokenizer.read(path.resolve(TOKENIZER));
  }

  /**
   * Writes a model directory that {@link #open} and Hugging Face's transformers read. Its files
   * appear once all of them are flushed to disk.
   *
   * @param directory created if missing
   * @param tokenizer a {@code tokenizer.json} to copy
   * @throws IOException if the disk is full or the directory can't be written; nothing is left
   *     behind then
   */
  public static void write(
      Path directory,
      DecoderConfig config,
      List<TensorBytes> weights,
      Path tokenizer,
      FloatType type)
      throws IOException {
    boolean isNew = !Files.exists(directory);
    Files.createDirectories(directory);
    try {
      config.tensors().write(part(directory, WEIGHTS), weights, type);
      LastingFiles.write(part(directory, TOKENIZER), Files.readString(tokenizer));
      LastingFiles.write(part(directory, CONFIG), config.toJson());
      for (String name : FILES) {
        Files.move(part(directory, name), directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      }
      LastingFiles.flushDirectory(directory);
    } catch (IOException e) {
      for (String name : FILES) {
        LastingFiles.delete(part(directory, name), e);
      }
      if (isNew) {
        LastingFiles.delete(directory, e);
      }
      throw e;
    }
  }

  private static Path part(Path directory, String name) {
    return directory.resolve("." + name + ".part");
  }

  /** Disk space in bytes of a model directory with a tokenizer of this size. */
  public static long bytes(DecoderConfig config, FloatType type, long tokenizerBytes) {
    return type.bytes() * config.parameters() + tokenizerBytes + OTHER_BYTES;
  }
}
