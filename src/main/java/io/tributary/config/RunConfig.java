package io.tributary.config;

import io.tributary.config.binding.Require;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The run as a whole.
 *
 * @param name names the run's directory
 * @param directory where the directories of runs are, absolute
 * @param steps learner steps after which the run ends; empty for no such limit
 * @param sequences sequences learned from after which the run ends, rounded up to a whole batch;
 *     empty for no such limit
 * @param seed of all randomness in the run
 */
public record RunConfig(
    String name, Path directory, Optional<Long> steps, Optional<Long> sequences, long seed) {
  public RunConfig {
    Require.that(
        !name.isBlank() && !name.contains("/") && !name.equals(".") && !name.equals(".."),
        "name",
        '"' + name + '"',
        "a name for a directory, without a slash");
    steps.ifPresent(value -> Require.atLeast(1, "steps", value));
    sequences.ifPresent(value -> Require.atLeast(1, "sequences", value));
  }

  /** The directory that holds all files of this run. */
  public Path home() {
    return directory.resolve(name);
  }
}
