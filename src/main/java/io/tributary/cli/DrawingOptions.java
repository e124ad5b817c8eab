package io.tributary.cli;

import io.tributary.data.BadInputException;
import picocli.CommandLine.Option;

/** {@code --seed} and {@code --batch-size} of verbs that draw sequences. */
final class DrawingOptions {
  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the random numbers. Default: ${DEFAULT-VALUE}.")
  long seed = 1;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Sequences that are drawn at once. Default: ${DEFAULT-VALUE}.")
  int batchSize = 128;

  /**
   * Checks the batch size together with the number of sequences to draw.
   *
   * @throws BadInputException if one of them is less than 1
   */
  void requirePositive(long number) {
    if (number < 1 || batchSize < 1) {
      throw new BadInputException(
          "-n = %d, --batch-size = %d: expected at least 1".formatted(number, batchSize));
    }
  }
}
