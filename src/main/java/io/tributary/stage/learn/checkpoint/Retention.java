package io.tributary.stage.learn.checkpoint;

import io.tributary.config.CheckpointConfig;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which checkpoints of a run are kept.
 *
 * @param newest how many of the newest; the newest of all is kept in any case
 * @param best how many of those whose policy was closest to the target in an evaluation at their
 *     step: those of the smallest {@link LearnerState#rank}
 * @param everySteps those whose step is a multiple of this; 0 for none
 */
public record Retention(int newest, int best, int everySteps) {

  /** The configured retention. */
  public static Retention of(CheckpointConfig config) {
    return new Retention(config.keep(), config.keepBest(), config.keepEverySteps());
  }

  /** This retention with only the very newest kept for being new. */
  Retention lasting() {
    return new Retention(1, best, everySteps);
  }

  /**
   * The steps whose checkpoints are not kept.
   *
   * @param ranks of the policy, by the step of each existing checkpoint; NaN for one that was not
   *     evaluated
   */
  Set<Long> superfluous(Map<Long, Double> ranks) {
    Set<Long> superfluous = new TreeSet<>(ranks.keySet());
    ranks.keySet().stream()
        .sorted(Comparator.reverseOrder())
        .limit(Math.max(1, newest))
        .forEach(superfluous::remove);
    ranking(ranks).stream().limit(best).forEach(superfluous::remove);
    superfluous.removeIf(step -> everySteps > 0 && step % everySteps == 0);
    return superfluous;
  }

  /** Whether a policy would be one of the best among these. */
  boolean ranks(double rank, Map<Long, Double> ranks) {
    return ranks.values().stream().filter(other -> other <= rank).count() < best;
  }

  private static List<Long> ranking(Map<Long, Double> ranks) {
    return ranks.entrySet().stream()
        .filter(entry -> !Double.isNaN(entry.getValue()))
        .sorted(
            Map.Entry.<Long, Double>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
        .map(Map.Entry::getKey)
        .toList();
  }
}
