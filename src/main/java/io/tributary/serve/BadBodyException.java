package io.tributary.serve;

import java.io.Serial;

/** The body of a request is not what was expected; the message is for whoever sent it. */
final class BadBodyException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  BadBodyException(String message) {
    super(message);
  }
}
