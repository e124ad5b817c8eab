package io.tributary.config;

import org.jspecify.annotations.Nullable;

/**
 * Input that its author can mend: a configuration, an argument or a file that is wrong. The program
 * ends with exit code 2 and shows the message, which says what, what was got and what was expected.
 */
public class InputException extends RuntimeException {
  public InputException(String message) {
    super(message);
  }

  public InputException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
