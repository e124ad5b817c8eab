package io.tributary.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --fit FILE}: the lambdas of a configuration's target, for verbs without a run. */
final class FitOptions {
  @Option(
      names = "--fit",
      paramLabel = "FILE",
      description =
          "Lambdas of the target: the output of the verb fit for this configuration, or fit.json "
              + "of a run. Default: if the target has lambdas, they are fitted first.")
  private @Nullable Path file;

  /** The file with the lambdas; if empty, they are fitted. */
  Optional<Path> file() {
    return Optional.ofNullable(file);
  }
}
