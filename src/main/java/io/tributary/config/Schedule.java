package io.tributary.config;

import java.util.Locale;

/** The learning rate after the warm-up. */
public enum Schedule {
  /** Constant. */
  CONSTANT,
  /** Linear decay to 0 at the last step. */
  LINEAR,
  /** Cosine decay to 0 at the last step. */
  COSINE;

  /** As written in the configuration. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
