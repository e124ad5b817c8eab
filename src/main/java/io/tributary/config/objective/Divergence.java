package io.tributary.config.objective;

import java.util.Locale;

/** An f-divergence D_f(pi, p) = E_p f(pi/p). */
public enum Divergence {
  /** KL(p||pi). */
  FORWARD_KL,
  /** KL(pi||p). */
  REVERSE_KL,
  /** TVD(pi, p). */
  TOTAL_VARIATION,
  /** KL(pi||m) + KL(p||m) with m = (pi + p)/2. */
  JENSEN_SHANNON;

  /** As written in the configuration. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
