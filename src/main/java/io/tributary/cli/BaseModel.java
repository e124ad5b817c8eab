package io.tributary.cli;

import io.tributary.config.SamplersConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.data.BadInputException;
import io.tributary.model.GptConfig;
import io.tributary.model.ModelDirectory;

/**
 * The base model as far as a configuration has to agree with it.
 *
 * @param config its shape
 * @param prefixTokens tokens in front of every sequence
 */
record BaseModel(GptConfig config, int prefixTokens) {

  /**
   * Reads the model directory and checks that the sequences fit into the model.
   *
   * @throws BadInputException if a file is missing or damaged, or a sequence is too long for the
   *     model
   */
  static BaseModel check(TributaryConfig config) {
    ModelDirectory directory = ModelDirectory.open(config.model().base());
    directory.weights();
    SamplersConfig samplers = config.samplers();
    int prompt = directory.tokenizer().encode(samplers.prompt()).length;
    BaseModel model = new BaseModel(directory.config(), Math.max(1, prompt));
    int needed = model.positions(samplers);
    if (needed > model.config().positions()) {
      throw new BadInputException(
          "samplers.max-length = %d behind a prefix of %d tokens needs %d positions, the model in %s has %d"
              .formatted(
                  samplers.maxLength(),
                  model.prefixTokens(),
                  needed,
                  directory.path(),
                  model.config().positions()));
    }
    return model;
  }

  /** Positions that prefix and sequence take; the last token is never read. */
  int positions(SamplersConfig samplers) {
    return prefixTokens + samplers.maxLength() - 1;
  }
}
