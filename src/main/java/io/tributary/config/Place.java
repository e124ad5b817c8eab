package io.tributary.config;

import com.typesafe.config.ConfigOrigin;

/** Where a value was written, as a user reads it. */
final class Place {
  static final String DEFAULT = "default";
  static final String COMMAND_LINE = "command line";
  static final String CELL = "the cell";
  static final String FILE_NAME = "name of the file";

  private Place() {}

  /** {@code conf/quickstart.conf:12}, {@code command line} or {@code default}. */
  static String of(ConfigOrigin origin) {
    String description = origin.description();
    if (origin.resource() != null || description.startsWith("reference.conf")) {
      return DEFAULT;
    }
    int line = origin.lineNumber();
    String suffix = ": " + line;
    return line > 0 && description.endsWith(suffix)
        ? description.substring(0, description.length() - suffix.length()) + ":" + line
        : description;
  }
}
