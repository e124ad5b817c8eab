package io.tributary.tools.bench;

import io.tributary.data.BadInputException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What is measured.
 *
 * @param configuration a configuration file; empty for the defaults
 * @param overrides values that replace those of the configuration, by key
 * @param model a model directory instead of the configuration's
 * @param shape of a model with random weights instead of both
 * @param tokenizer GPT-2's {@code tokenizer.json}, from which the tokenizer of a random model is
 *     cut
 * @param seconds time for each measurement
 */
public record BenchPlan(
    Optional<Path> configuration,
    Map<String, String> overrides,
    Optional<Path> model,
    Optional<Shape> shape,
    Path tokenizer,
    double seconds) {
  public BenchPlan {
    if (!(seconds > 0) || seconds > 1e6) {
      throw new BadInputException(
          "--seconds = %s: expected a time greater than 0".formatted(seconds));
    }
    if (model.isPresent() && shape.isPresent()) {
      throw new BadInputException("--model and --shape: expected one of them");
    }
  }
}
