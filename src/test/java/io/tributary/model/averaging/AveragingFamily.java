package io.tributary.model.averaging;

import io.tributary.model.ConfigJson;
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
  public DecoderConfig config(ConfigJson json) {
    return new AveragingConfig(
        json.number("hidden_size", 8),
        json.number("max_position_embeddings", 16),
        json.number("vocab_size", 5),
        json.json().getAsJsonArray("eos_token_id").asList().stream()
            .map(token -> token.getAsInt())
            .toList());
  }

  @Override
  public DecoderConfig config(
      int layers, int heads, int width, int positions, int vocabulary, int endOfText) {
    return new AveragingConfig(width, positions, vocabulary, List.of(endOfText));
  }
}
