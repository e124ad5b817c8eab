package io.tributary.cli.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/** Standard output can't be written any more. */
public final class OutputFailedException extends UncheckedIOException {
  private static final long serialVersionUID = 1L;

  OutputFailedException(IOException cause) {
    super("standard output can't be written: " + cause.getMessage(), cause);
  }

  /** Whether it is a pipe that its reader has closed, which has then read all that it wants. */
  boolean isClosedByReader() {
    String message = String.valueOf(getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("broken pipe");
  }
}
