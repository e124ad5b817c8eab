package io.tributary.config;

import io.tributary.config.binding.Require;
import io.tributary.config.binding.Schema.Existing;
import java.nio.file.Path;

/**
 * The base model a(x).
 *
 * @param base its model directory in Hugging Face's layout, absolute
 * @param device device of the evaluator's copies of a and pi
 */
public record ModelConfig(@Existing(Existing.Kind.MODEL_DIRECTORY) Path base, String device) {
  public ModelConfig {
    Require.device("device", device);
  }
}
