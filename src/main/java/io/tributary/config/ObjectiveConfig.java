package io.tributary.config;

import java.util.List;
import java.util.Optional;

/**
 * What the learner optimises.
 *
 * @param type the coefficient of grad log pi(x)
 * @param normaliseByZ divide the coefficients by Z
 * @param baseline what the coefficients are compared with
 * @param reward terms of r(x); none: 1 iff all hard constraints of the target hold
 * @param beta weight of log(pi(x)/a(x)) against r(x), with type kl-control
 * @param divergence the one to minimise, with type f-divergence
 */
public record ObjectiveConfig(
    ObjectiveType type,
    boolean normaliseByZ,
    Baseline baseline,
    List<RewardTerm> reward,
    Optional<Double> beta,
    Optional<Divergence> divergence) {
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
    requireExactlyWith(ObjectiveType.KL_CONTROL, type, "beta", beta, "a positive number");
    beta.ifPresent(value -> Require.positive("beta", value));
    requireExactlyWith(
        ObjectiveType.F_DIVERGENCE,
        type,
        "divergence",
        divergence,
        "one of " + String.join(", ", Schema.constants(Divergence.class)));
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
}
