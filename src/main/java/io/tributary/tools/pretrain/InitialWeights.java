package io.tributary.tools.pretrain;

import io.tributary.config.PretrainConfig;
import io.tributary.config.PretrainConfig.Architecture;
import io.tributary.data.BadInputException;
import io.tributary.data.TensorBytes;
import io.tributary.io.TextFile;
import io.tributary.model.DecoderConfig;
import io.tributary.model.ModelDirectory;
import io.tributary.model.ModelFamily;
import java.nio.file.Path;
import java.util.List;

/**
 * The model that training starts from: fresh weights, or those of a model to fine-tune.
 *
 * @param model the model's configuration
 * @param weights its weights
 * @param tokenizer text of its {@code tokenizer.json}
 */
record InitialWeights(DecoderConfig model, List<TensorBytes> weights, String tokenizer) {

  /**
   * The start that is configured.
   *
   * @throws BadInputException if the tokenizer or the model can't be used
   */
  static InitialWeights of(PretrainConfig config) {
    return config
        .from()
        .map(directory -> of(directory, config.maxLength()))
        .orElseGet(() -> fresh(config));
  }

  private static InitialWeights of(Path from, int maxLength) {
    ModelDirectory directory = ModelDirectory.open(from);
    int positions = directory.config().positions();
    if (maxLength > positions) {
      throw new BadInputException(
          "pretrain.max-length = %d is more than the %d positions of the model in %s"
              .formatted(maxLength, positions, from));
    }
    String tokenizer = new TextFile(from.resolve(ModelDirectory.TOKENIZER)).text();
    return new InitialWeights(directory.config(), directory.weights(), tokenizer);
  }

  private static InitialWeights fresh(PretrainConfig config) {
    Architecture model = config.model().orElseThrow();
    TokenizerCut tokenizer = TokenizerCut.of(config.tokenizer().orElseThrow(), config.merges());
    DecoderConfig shape =
        family(model.type())
            .config(
                model.layers(),
                model.heads(),
                model.width(),
                model.positions(),
                tokenizer.vocabulary(),
                tokenizer.endOfText());
    return new InitialWeights(shape, shape.initialise(config.seed()), tokenizer.json());
  }

  private static ModelFamily family(String modelType) {
    try {
      return ModelFamily.of(modelType);
    } catch (IllegalArgumentException e) {
      throw new BadInputException("pretrain.model.type: " + e.getMessage(), e);
    }
  }
}
