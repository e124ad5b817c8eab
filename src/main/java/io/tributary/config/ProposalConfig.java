package io.tributary.config;

import io.tributary.config.binding.Require;
import java.util.Locale;

/**
 * Replacement of the proposal q by the policy pi.
 *
 * @param criterion the divergence in which pi must be closer to p than q is
 * @param window which sequences decide
 * @param windowSequences number of sequences drawn for a fresh window
 * @param confidence number of standard errors by which it must be closer
 * @param keepBest whether it must also be closer than every earlier proposal
 * @param guide whether proposals raise tokens that the target needs
 */
public record ProposalConfig(
    Criterion criterion,
    Window window,
    int windowSequences,
    double confidence,
    boolean keepBest,
    Guide guide) {
  public ProposalConfig {
    Require.atLeast(2, "window-sequences", windowSequences);
    Require.notNegative("confidence", confidence);
    if (criterion == Criterion.ALWAYS) {
      String why = " where criterion is always, so that nothing is compared";
      Require.that(window == Window.RUNNING, "window", window, Window.RUNNING + why);
      Require.that(!keepBest, "keep-best", true, false + why);
    }
    Require.that(
        !keepBest || window != Window.HELD_OUT,
        "keep-best",
        true,
        "false with window = %s, where every proposal is closer on the same sequences than the one before"
            .formatted(Window.HELD_OUT));
  }

  /** Whether proposals can be guided: how strongly is decided on held-out sequences. */
  public boolean isGuided() {
    return guide == Guide.AUTO && window == Window.HELD_OUT;
  }

  /** Whether proposals raise tokens that the target needs. */
  public enum Guide {
    /** They never do. */
    OFF,
    /** As strongly as makes the importance weights most even, where the target can be guided to. */
    AUTO;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The sequences that a decision rests on. */
  public enum Window {
    /** Sequences of the base model that the bootstrap found to have weight. */
    HELD_OUT,
    /** The batches learned since the last decision. */
    RUNNING,
    /** Sequences newly drawn from the proposal, which are not trained on. */
    FRESH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** When a published policy becomes the proposal. */
  public enum Criterion {
    /** When KL(p||pi) is less than KL(p||q). */
    KL,
    /** When TVD(p,pi) is less than TVD(p,q). */
    TVD,
    /** At every publication. */
    ALWAYS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
