package io.tributary.testing.model;

import io.tributary.model.DecoderConfig;
import io.tributary.model.ModelDirectory;
import io.tributary.model.TinyModels;
import io.tributary.tensor.FloatType;
import io.tributary.tools.pretrain.TokenizerCut;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/** A model directory with a real, short tokenizer. */
public final class SmallModel {
  public static final int POSITIONS = 48;
  private static final int MERGES = 60;

  private SmallModel() {}

  /** Writes one into {@code directory}; another seed gives other weights. */
  public static Path write(Path directory, long seed) throws IOException {
    TokenizerCut cut =
        TokenizerCut.of(
            Path.of("test-data/tokenizer/gpt2-tokenizer.json.gz"), OptionalInt.of(MERGES));
    DecoderConfig config = TinyModels.config(1, 2, 8, POSITIONS, cut.vocabulary(), cut.endOfText());
    Path tokenizer = Files.createTempFile("tokenizer", ".json");
    Files.writeString(tokenizer, cut.json());
    ModelDirectory.write(
        directory, config, TinyModels.weights(config, seed, 0.3), tokenizer, FloatType.F32);
    Files.delete(tokenizer);
    return directory;
  }
}
