package io.tributary.config.target;

import io.tributary.config.binding.Require;
import io.tributary.config.objective.RewardTerm;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The target P(x).
 *
 * @param features at least one, with different names
 * @param klControl P(x) = a(x) exp(r(x) / beta) in place of moments, if present
 */
public record TargetConfig(
    List<ConstraintConfig> features, FitConfig fit, Optional<KlControlConfig> klControl) {
  public TargetConfig {
    features = List.copyOf(features);
    Require.that(!features.isEmpty(), "features", "[]", "a list of at least one feature");
    Set<String> names = new HashSet<>();
    for (int i = 0; i < features.size(); i++) {
      ConstraintConfig constraint = features.get(i);
      String at = "features[%d].".formatted(i);
      Require.that(
          names.add(constraint.name()),
          at + "name",
          '"' + constraint.name() + '"',
          "different from the names of the other features");
      if (klControl.isPresent()) {
        Require.that(
            constraint.moment().isEmpty() && !constraint.soft(),
            at + (constraint.soft() ? "soft" : "moment"),
            constraint.soft() ? true : constraint.moment().orElse(1.0),
            "left out with target.kl-control, which has no moments");
      } else {
        Require.that(
            constraint.feature().isBinary() || constraint.moment().isPresent(),
            at + "moment",
            "none",
            "given for a feature that is not 0 or 1");
      }
    }
    klControl.ifPresent(control -> requireKnown(control.reward(), names));
  }

  /** Whether any feature has a lambda to fit. */
  public boolean isFitted() {
    return klControl.isEmpty() && !features.stream().allMatch(ConstraintConfig::isHard);
  }

  private static void requireKnown(List<RewardTerm> reward, Set<String> names) {
    for (int i = 0; i < reward.size(); i++) {
      String name = reward.get(i).feature();
      Require.that(
          names.contains(name),
          "kl-control.reward[%d].feature".formatted(i),
          '"' + name + '"',
          "one of the target's features " + names.stream().sorted().toList());
    }
  }

  /** Whether P(x) = 0 for some sequences. */
  public boolean hasHardFactors() {
    return klControl.isEmpty() && features.stream().anyMatch(ConstraintConfig::isHard);
  }

  /**
   * KL-control as a target: P(x) = a(x) exp(r(x) / beta) (Eq. (9), Korbak et al. 2022,
   * arXiv:2206.00761).
   *
   * @param beta weight of KL(pi||a) against the reward
   * @param reward r(x), at least one term
   */
  public record KlControlConfig(double beta, List<RewardTerm> reward) {
    public KlControlConfig {
      reward = List.copyOf(reward);
      Require.positive("beta", beta);
      Require.that(!reward.isEmpty(), "reward", "[]", "a list of at least one feature");
    }
  }
}
