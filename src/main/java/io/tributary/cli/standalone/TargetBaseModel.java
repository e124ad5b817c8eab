package io.tributary.cli.standalone;

import io.tributary.config.EffectiveConfig;
import io.tributary.config.ModelConfig;
import io.tributary.data.BadInputException;
import io.tributary.model.ModelDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The base model a of a configuration's target, where a verb computes with a model of its own.
 *
 * @param model the base model
 * @param borrowed whether it is the verb's own model, which the verb closes itself
 */
record TargetBaseModel(LoadedModel model, boolean borrowed) implements AutoCloseable {

  /**
   * The base model that a configuration names, or else {@code model}.
   *
   * @throws BadInputException if the base model can't be loaded or has another vocabulary
   */
  static TargetBaseModel of(EffectiveConfig config, LoadedModel model) {
    Optional<Path> named =
        config.baseModel().map(ModelConfig::base).filter(path -> !isSame(path, model.path()));
    if (named.isEmpty()) {
      return new TargetBaseModel(model, true);
    }
    int vocabulary = ModelDirectory.open(named.get()).config().vocabulary();
    if (vocabulary != model.config().vocabulary()) {
      throw new BadInputException(
          "model.base = %s has a vocabulary of %,d tokens and %s one of %,d; expected models with the same vocabulary"
              .formatted(named.get(), vocabulary, model.path(), model.config().vocabulary()));
    }
    return new TargetBaseModel(model.readOther(named.get()), false);
  }

  private static boolean isSame(Path a, Path b) {
    try {
      return Files.isSameFile(a, b);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (!borrowed) {
      model.close();
    }
  }
}
