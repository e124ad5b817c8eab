package io.tributary.config.target;

import java.util.Locale;

/** Which pronouns a text has more of: she, her, hers, herself or he, him, his, himself. */
public enum Majority {
  /** Strictly more of she, her, hers, herself. */
  FEMALE,
  /** Strictly more of he, him, his, himself. */
  MALE,
  /** As many of each, and at least one. */
  BALANCED;

  /** As written in the configuration. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
