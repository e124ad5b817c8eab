package io.tributary.cli.options;

import io.tributary.config.ConfigLoader;
import io.tributary.config.EffectiveConfig;
import io.tributary.config.experiment.Experiment;
import io.tributary.config.experiment.ExperimentLoader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Option;

/**
 * {@code -c FILE} and {@code -D KEY=VALUE}: a {@code @Mixin} of verbs that need a configuration, an
 * {@code @ArgGroup(exclusive = false)} of those that can do without.
 */
public final class ConfigOptions {
  @Option(
      names = {"-c", "--config"},
      required = true,
      paramLabel = "FILE",
      description = "The configuration, in HOCON.")
  @SuppressWarnings("NullAway.Init")
  private Path file;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description =
          "Goes over the value in the file; the key is relative to 'tributary', as in "
              + "-D run.steps=100. May be repeated.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  /**
   * Reads the file and what goes over it.
   *
   * @throws io.tributary.config.binding.ConfigException if it can't be used
   */
  public EffectiveConfig read() {
    return ConfigLoader.read(file, overrides);
  }

  /**
   * The options as they were given, but for those that go over certain keys.
   *
   * @param without keys
   */
  public String text(Set<String> without) {
    StringBuilder text = new StringBuilder("-c " + quoted(file.toString()));
    overrides.forEach(
        (key, value) -> {
          if (!without.contains(key)) {
            text.append(" -D ").append(quoted(key + "=" + value));
          }
        });
    return text.toString();
  }

  /** For a shell. */
  private static String quoted(String word) {
    return word.matches("[\\w./:=,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /**
   * Reads them as a grid of runs.
   *
   * @throws io.tributary.config.binding.ConfigException if it, or one of its runs, can't be used
   */
  public Experiment readExperiment() {
    return ExperimentLoader.read(file, overrides);
  }
}
