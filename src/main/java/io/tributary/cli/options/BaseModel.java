package io.tributary.cli.options;

import io.tributary.config.TributaryConfig;
import io.tributary.model.DecoderConfig;
import io.tributary.run.assembly.TrainingParts;

/**
 * The base model as far as a configuration has to agree with it.
 *
 * @param config its shape
 * @param positions positions that prefix and sequence take
 */
public record BaseModel(DecoderConfig config, int positions) {

  /**
   * Reads and checks all that a run needs.
   *
   * @throws io.tributary.data.BadInputException if a file is missing or damaged, or a sequence is
   *     too long for the model
   * @throws io.tributary.config.binding.ConfigException if the target can't be used
   */
  public static BaseModel check(TributaryConfig config) {
    try (TrainingParts parts = new TrainingParts(config)) {
      return new BaseModel(parts.model(), parts.positions());
    }
  }
}
