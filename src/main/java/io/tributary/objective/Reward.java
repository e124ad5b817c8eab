package io.tributary.objective;

import io.tributary.config.objective.ObjectiveConfig;
import io.tributary.config.objective.RewardTerm;
import io.tributary.config.target.TargetConfig;
import io.tributary.data.ScoredSequence;
import java.util.List;

/**
 * The reward r(x): a weighted sum of features, or 1 iff all hard constraints of the target hold.
 *
 * @param features (terms), indices of the features
 * @param weights (terms)
 * @param byHardConstraints whether it is 1 iff all hard constraints hold
 */
public record Reward(int[] features, double[] weights, boolean byHardConstraints) {

  /** The reward that the configuration describes. */
  public static Reward of(ObjectiveConfig objective, TargetConfig target) {
    List<String> names = target.features().stream().map(feature -> feature.name()).toList();
    List<RewardTerm> terms = objective.reward();
    return new Reward(
        terms.stream().mapToInt(term -> names.indexOf(term.feature())).toArray(),
        terms.stream().mapToDouble(RewardTerm::weight).toArray(),
        terms.isEmpty() && target.hasHardFactors());
  }

  /** r(x); NaN where there is neither a term nor a hard constraint. */
  public double of(ScoredSequence sequence) {
    if (byHardConstraints) {
      return sequence.logTarget() > Double.NEGATIVE_INFINITY ? 1 : 0;
    }
    double reward = features.length == 0 ? Double.NaN : 0;
    for (int i = 0; i < features.length; i++) {
      reward += weights[i] * sequence.features()[features[i]];
    }
    return reward;
  }
}
