package io.tributary.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** {@code -D KEY=VALUE}: values that override those of a configuration file. */
class ConfigOverrides {
  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description =
          "Overrides a value of the file; the key is relative to 'tributary', as in "
              + "-D learner.batch-size=32. May be repeated.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  /** Values by key, in the order of the command line. */
  final Map<String, String> overrides() {
    return overrides;
  }
}
