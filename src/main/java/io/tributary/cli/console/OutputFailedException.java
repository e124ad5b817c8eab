package io.tributary.cli.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/** Standard output can no longer be written. */
public final class OutputFailedException extends UncheckedIOException {
  private static final long serialVersionUID = 1L;

  OutputFailedException(IOException cause) {
    super("standard output can't be written: " + cause.getMessage(), cause);
  }

  /** Whether it is a pipe whose reader has closed it after reading all that it wanted. */
  boolean isClosedByReader() {
    String message = String.valueOf(getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("broken pipe");
  }
}
