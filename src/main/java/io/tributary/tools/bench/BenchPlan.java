package io.tributary.tools.bench;

import io.tributary.data.BadInputException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is measured.
 *
 * @param configuration a configuration file; empty: the defaults
 * @param overrides values that go over it, by their key
 * @param model a model directory, which goes over the configuration's
 * @param shape of a model with random weights, which goes over both
 * @param tokenizer GPT-2's {@code tokenizer.json}, of which the tokenizer of a random model is made
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
    overrides = new LinkedHashMap<>(overrides);
    if (!(seconds > 0) || seconds > 1e6) {
      throw new BadInputException(
          "--seconds = %s: expected a time greater than 0".formatted(seconds));
    }
    if (model.isPresent() && shape.isPresent()) {
      throw new BadInputException("--model and --shape: expected one of them");
    }
  }
}
