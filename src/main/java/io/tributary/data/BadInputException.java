package io.tributary.data;

/**
 * Something that the user gave (a file, a model directory, a text) can't be used. The message says
 * what it was, what was found and what was expected; a command ends with exit code 2 after showing
 * it.
 */
public final class BadInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BadInputException(String message) {
    super(message);
  }

  public BadInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
