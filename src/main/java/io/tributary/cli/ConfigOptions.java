package io.tributary.cli;

import io.tributary.config.ConfigLoader;
import io.tributary.config.EffectiveConfig;
import io.tributary.config.experiment.Experiment;
import io.tributary.config.experiment.ExperimentLoader;
import java.nio.file.Path;
import java.util.Set;
import picocli.CommandLine.Option;

/**
 * {@code -c FILE} and {@code -D KEY=VALUE}: a {@code @Mixin} of verbs that need a configuration, an
 * {@code @ArgGroup(exclusive = false)} of verbs for which it is optional.
 */
final class ConfigOptions extends ConfigOverrides {
  @Option(
      names = {"-c", "--config"},
      required = true,
      paramLabel = "FILE",
      description = "The configuration, in HOCON.")
  @SuppressWarnings("NullAway.Init")
  private Path file;

  /**
   * Reads the file and its overrides.
   *
   * @throws io.tributary.config.binding.ConfigException if the result is not a valid configuration
   */
  EffectiveConfig read() {
    return ConfigLoader.read(file, overrides());
  }

  /**
   * Reads the file and its overrides as a grid of runs.
   *
   * @throws io.tributary.config.binding.ConfigException if it, or one of its runs, is not valid
   */
  Experiment readExperiment() {
    return ExperimentLoader.read(file, overrides());
  }

  /**
   * The options as they were given, quoted for a shell.
   *
   * @param without keys whose overrides are left out
   */
  String text(Set<String> without) {
    StringBuilder text = new StringBuilder("-c " + quoted(file.toString()));
    overrides()
        .forEach(
            (key, value) -> {
              if (!without.contains(key)) {
                text.append(" -D ").append(quoted(key + "=" + value));
              }
            });
    return text.toString();
  }

  private static String quoted(String word) {
    return word.matches("[\\w./:=,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
