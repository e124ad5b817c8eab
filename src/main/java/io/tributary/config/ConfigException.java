package io.tributary.config;

import org.jspecify.annotations.Nullable;

/**
 * A configuration that can't be used; the message names the file, the line, the key and what was
 * expected.
 */
public final class ConfigException extends InputException {
  public ConfigException(String message) {
    super(message);
  }

  public ConfigException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
