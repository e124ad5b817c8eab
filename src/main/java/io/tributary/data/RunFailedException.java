package io.tributary.data;

/**
 * A run can't continue, and would fail in the same way if resumed from its last checkpoint. The
 * message says what to change.
 */
public final class RunFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RunFailedException(String message) {
    super(message);
  }

  /** With what has shown it. */
  public RunFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
