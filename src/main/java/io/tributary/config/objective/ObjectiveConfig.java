package io.tributary.config.objective;

import io.tributary.config.binding.Require;
import io.tributary.config.binding.Schema;
import io.tributary.config.objective.ObjectiveType.Baseline;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the learner optimises.
 *
 * @param type the coefficient of grad log pi(x)
 * @param normaliseByZ whether to divide the coefficients by Z
 * @param baseline baseline of the coefficients
 * @param credit how what a sequence is worth is divided among its tokens
 * @param reward terms of r(x); if empty, r(x) is 1 iff all hard constraints of the target hold
 * @param beta weight of log(pi(x)/a(x)) against r(x), with type kl-control
 * @param divergence the one to minimise, with type f-divergence
 * @param form how kl-control is optimised
 * @param clip most that the ratio pi/pi_old of a token may differ from 1, with form ppo
 * @param targetKl KL(pi||a) in nats that beta is adapted to, with form ppo; if empty, beta is fixed
 * @param ppo the other settings of form ppo
 */
public record ObjectiveConfig(
    ObjectiveType type,
    boolean normaliseByZ,
    Baseline baseline,
    Credit credit,
    List<RewardTerm> reward,
    Optional<Double> beta,
    Optional<Divergence> divergence,
    ObjectiveForm form,
    double clip,
    Optional<Double> targetKl,
    PpoConfig ppo) {
  public ObjectiveConfig {
    reward = List.copyOf(reward);
    Require.that(
        !normaliseByZ || type.isInUnitOfTarget(),
        "normalise-by-z",
        true,
        "false with type = %s, whose coefficients are not in the unit of P".formatted(type));
    Require.that(
        type.baselines().contains(baseline),
        "baseline",
        baseline,
        "one of %s with type = %s".formatted(Schema.list(type.baselines()), type));
    Require.that(
        credit == Credit.SEQUENCE || type.isInUnitOfTarget(),
        "credit",
        credit,
        "%s with type = %s".formatted(Credit.SEQUENCE, type));
    requireExactlyWith(ObjectiveType.KL_CONTROL, type, "beta", beta, "a positive number");
    beta.ifPresent(value -> Require.positive("beta", value));
    requireExactlyWith(
        ObjectiveType.F_DIVERGENCE,
        type,
        "divergence",
        divergence,
        "one of " + String.join(", ", Schema.constants(Divergence.class)));
    Require.that(
        form != ObjectiveForm.PPO || type == ObjectiveType.KL_CONTROL,
        "form",
        form,
        "%s with type = %s; %s is a form of %s"
            .formatted(
                ObjectiveForm.POLICY_GRADIENT, type, ObjectiveForm.PPO, ObjectiveType.KL_CONTROL));
    Require.positive("clip", clip);
    targetKl.ifPresent(
        value -> {
          Require.that(
              form == ObjectiveForm.PPO,
              "target-kl",
              value,
              "absent with form = %s, since it belongs to %s".formatted(form, ObjectiveForm.PPO));
          Require.positive("target-kl", value);
        });
  }

  /** Whether it is optimised by proximal policy optimisation. */
  public boolean isProximal() {
    return form == ObjectiveForm.PPO;
  }

  /** Whether it needs log a of each token, and the token at which P(x)/a(x) is decided. */
  public boolean needsDecisions() {
    return credit != Credit.SEQUENCE;
  }

  /** Tokens that would bring what the target needs: where there are more, none counts. */
  public static final int MOST_MILESTONES = 16;

  /** Whether it needs a of the tokens that bring what the target needs. */
  public boolean needsMilestones() {
    return credit == Credit.HAZARD;
  }

  /** Whether it draws the policy towards the base model's distributions. */
  public boolean distils() {
    return credit == Credit.PREFIX_DISTILLED || credit == Credit.HAZARD;
  }

  private static void requireExactlyWith(
      ObjectiveType owner, ObjectiveType type, String key, Optional<?> value, String expected) {
    Require.that(
        value.isPresent() == (type == owner),
        key,
        value.isPresent() ? value.get() : "none",
        type == owner
            ? "given with type = %s: %s".formatted(owner, expected)
            : "absent with type = %s, since it belongs to %s".formatted(type, owner));
  }

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

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** How what a sequence is worth is divided among its tokens. */
  public enum Credit {
    /** All have the coefficient of the sequence. */
    SEQUENCE,
    /** Each has the weight of the tokens up to it, or up to where P(x)/a(x) is decided. */
    PREFIX,
    /**
     * The same, and behind that token the policy is drawn towards the base model's distributions.
     */
    PREFIX_DISTILLED,
    /** The same, with the control variate of the tokens that bring what the target needs. */
    HAZARD;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** How {@code objective.type = kl-control} is optimised. */
  public enum ObjectiveForm {
    /** By a coefficient for each sequence, like the other objectives. */
    POLICY_GRADIENT,
    /** By proximal policy optimisation: Ziegler et al. 2019, arXiv:1909.08593. */
    PPO;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
