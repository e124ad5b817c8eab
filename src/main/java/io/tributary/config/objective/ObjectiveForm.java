package io.tributary.config.objective;

import java.util.Locale;

/** How {@code objective.type = kl-control} is optimised. */
public enum ObjectiveForm {
  /** By a coefficient for each sequence, like the other objectives. */
  POLICY_GRADIENT,
  /** By proximal policy optimisation: Ziegler et al. 2019, arXiv:1909.08593. */
  PPO;

  /** As written in the configuration. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
