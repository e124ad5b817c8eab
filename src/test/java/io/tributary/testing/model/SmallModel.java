package io.tributary.testing.model;

import io.tributary.model.DecoderConfig;
import io.tributary.model.ModelDirectory;
import io.tributary.tensor.FloatType;
import io.tributary.tools.pretrain.TokenizerCut;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Model directories with random weights and a real, short tokenizer. */
public final class SmallModel {
  public static final int POSITIONS = 48;

  private SmallModel() {}

  /** Writes one into {@code directory}; another seed gives other weights. */
  public static Path write(Path directory, long seed) throws IOException {
    return write(directory, 60, POSITIONS, 8, seed, 0.3);
  }

  /**
   * Writes one of a layer with two heads.
   *
   * @param merges of the tokenizer, which has 257 tokens more than that
   * @param deviation of the weights
   */
  public static Path write(
      Path directory, int merges, int positions, int width, long seed, double deviation)
      throws IOException {
    TokenizerCut cut =
        TokenizerCut.of(Path.of("test-data/tokenizer/gpt2-tokenizer.json.gz"), Optional.of(merges));
    DecoderConfig config =
        TinyModels.config(1, 2, width, positions, cut.vocabulary(), cut.endOfText());
    Path tokenizer = Files.createTempFile("tokenizer", ".json");
    Files.writeString(tokenizer, cut.json());
    ModelDirectory.write(
        directory, config, TinyModels.weights(config, seed, deviation), tokenizer, FloatType.F32);
    Files.delete(tokenizer);
    return directory;
  }
}
