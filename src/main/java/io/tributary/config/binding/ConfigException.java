package io.tributary.config.binding;

import org.jspecify.annotations.Nullable;

/**
 * An invalid configuration. The message names the file, the line, the key and what was expected;
 * the command line shows it and exits with code 2.
 */
public final class ConfigException extends RuntimeException {
  public ConfigException(String message) {
    super(message);
  }

  public ConfigException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
