package io.tributary.config;

import java.util.Locale;

/** When a published policy becomes the proposal. */
public enum Criterion {
  /** When KL(p||pi) is less than KL(p||q). */
  KL,
  /** When TVD(p,pi) is less than TVD(p,q). */
  TVD,
  /** At every publication. */
  ALWAYS;

  /** As written in the configuration. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
