package io.tributary.cluster.transfer;

import java.io.IOException;

/** A file could not be fetched. The message names it, where it was asked for, and what happened. */
public final class FetchException extends IOException {
  private static final long serialVersionUID = 1L;

  FetchException(String message, Throwable cause) {
    super(message, cause);
  }

  FetchException(String message) {
    super(message);
  }
}
