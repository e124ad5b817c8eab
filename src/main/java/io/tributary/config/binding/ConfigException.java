package io.tributary.config.binding;

import org.jspecify.annotations.Nullable;

/**
 * A configuration that can't be used. The message names the file, the line, the key and what was
 * expected; a command ends with exit code 2 after showing it.
 */
public final class ConfigException extends RuntimeException {
  public ConfigException(String message) {
    super(message);
  }

  public ConfigException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
