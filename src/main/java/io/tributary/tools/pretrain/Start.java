package io.tributary.tools.pretrain;

import ai.djl.Device;
import io.tributary.config.PretrainConfig;
import io.tributary.config.PretrainConfig.Architecture;
import io.tributary.data.BadInputException;
import io.tributary.data.TensorBytes;
import io.tributary.io.TextFile;
import io.tributary.model.Gpt;
import io.tributary.model.GptConfig;
import io.tributary.model.ModelDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * What training starts from: fresh weights, or those of a model to fine-tune.
 *
 * @param shape the model's shape
 * @param model makes the model on a device
 * @param tokenizer text of its {@code tokenizer.json}
 */
record Start(GptConfig shape, Function<Device, Gpt> model, String tokenizer) {

  /**
   * The start that is configured.
   *
   * @throws BadInputException if the tokenizer or the model can't be used
   */
  static Start of(PretrainConfig config) {
    return config
        .from()
        .map(directory -> of(directory, config.maxLength()))
        .orElseGet(() -> fresh(config));
  }

  private static Start of(Path from, int maxLength) {
    ModelDirectory directory = ModelDirectory.open(from);
    int positions = directory.config().positions();
    if (maxLength > positions) {
      throw new BadInputException(
          "pretrain.max-length = %d is more than the %d positions of the model in %s"
              .formatted(maxLength, positions, from));
    }
    String tokenizer = new TextFile(from.resolve(ModelDirectory.TOKENIZER)).text();
    List<TensorBytes> weights = directory.weights();
    return new Start(
        directory.config(), device -> new Gpt(directory.config(), weights, device), tokenizer);
  }

  private static Start fresh(PretrainConfig config) {
    Architecture model = config.model().orElseThrow();
    TokenizerCut tokenizer = TokenizerCut.of(config.tokenizer().orElseThrow(), config.merges());
    GptConfig shape =
        GptConfig.of(
            model.layers(),
            model.heads(),
            model.width(),
            model.positions(),
            tokenizer.vocabulary(),
            tokenizer.endOfText());
    return new Start(
        shape, device -> Gpt.initialise(shape, config.seed(), device), tokenizer.json());
  }
}
