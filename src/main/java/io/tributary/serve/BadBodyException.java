package io.tributary.serve;

import java.io.Serial;

/** A malformed request body; the message is meant for the client. */
final class BadBodyException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  BadBodyException(String message) {
    super(message);
  }
}
