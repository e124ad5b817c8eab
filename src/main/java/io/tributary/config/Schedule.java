package io.tributary.config;

import java.util.Locale;

/** How the learning rate goes on after the warm-up. */
public enum Schedule {
  /** It stays. */
  CONSTANT,
  /** It falls to 0 in a straight line, until the last step. */
  LINEAR,
  /** It falls to 0 along half a cosine, until the last step. */
  COSINE;

  /** As written in the configuration. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
