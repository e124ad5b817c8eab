package io.tributary.model.averaging;

import io.tributary.io.JsonFile;
import io.tributary.model.DecoderConfig;
import io.tributary.model.ModelFamily;
import java.util.List;

/** Models that average embeddings, {@code model_type = "averaging"}. */
public final class AveragingFamily implements ModelFamily {
  @Override
  public String modelType() {
    return "averaging";
  }

  @Override
  public DecoderConfig config(JsonFile json) {
    return new AveragingConfig(
        json.number("hidden_size", 1),
        json.number("max_position_embeddings", 1),
        json.number("vocab_size", 1),
        json.numbers("eos_token_id", 0));
  }

  @Override
  public DecoderConfig config(
      int layers, int heads, int width, int positions, int vocabulary, int endOfText) {
    return new AveragingConfig(width, positions, vocabulary, List.of(endOfText));
  }
}
