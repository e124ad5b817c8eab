package io.tributary.model.gpt;

import io.tributary.io.JsonFile;
import io.tributary.model.DecoderConfig;
import io.tributary.model.ModelFamily;

/** GPT-2 (Radford et al. 2019), {@code model_type = "gpt2"}. */
public final class GptFamily implements ModelFamily {
  static final String MODEL_TYPE = "gpt2";

  @Override
  public String modelType() {
    return MODEL_TYPE;
  }

  @Override
  public DecoderConfig config(JsonFile json) {
    return GptConfig.of(json);
  }

  @Override
  public DecoderConfig config(
      int layers, int heads, int width, int positions, int vocabulary, int endOfText) {
    return GptConfig.of(layers, heads, width, positions, vocabulary, endOfText);
  }
}
