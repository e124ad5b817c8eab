package io.tributary.config.binding;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import org.jspecify.annotations.Nullable;

/** The origin of a value, as shown to the user. */
public final class Place {
  public static final String DEFAULT = "default";
  public static final String COMMAND_LINE = "command line";
  public static final String CELL = "the cell";
  public static final String FILE_NAME = "name of the file";

  private Place() {}

  /** The origin of a value; without one, the default. */
  public static String of(@Nullable ConfigValue value) {
    return value == null ? DEFAULT : of(value.origin());
  }

  /** {@code conf/quickstart.conf:12}, {@code command line} or {@code default}. */
  public static String of(ConfigOrigin origin) {
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
