package io.tributary.config.binding;

/** A record was given an invalid value. The binder adds the place in the file. */
public final class InvalidValueException extends IllegalArgumentException {
  private final String key;

  /**
   * @param key the key, relative to the record
   * @param problem what was expected and got: {@code must be at least 1, got 0}
   */
  public InvalidValueException(String key, String problem) {
    super(key + " " + problem);
    this.key = key;
  }

  String key() {
    return key;
  }
}
