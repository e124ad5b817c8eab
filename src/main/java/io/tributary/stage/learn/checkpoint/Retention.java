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
 * @param best how many of those whose policy was nearest to the target: those with the least
 *     KL(p||pi) in an evaluation of the very step
 * @param everySteps those of steps that are a multiple of it; 0 for none
 */
public record Retention(int newest, int best, int everySteps) {

  /** As it is configured. */
  public static Retention of(CheckpointConfig config) {
    return new Retention(config.keep(), config.keepBest(), config.keepEverySteps());
  }

  /** The newest ones only. */
  public static Retention newest(int n) {
    return new Retention(n, 0, 0);
  }

  /** What is not kept merely for being new, but for the newest. */
  Retention lasting() {
    return new Retention(1, best, everySteps);
  }

  /**
   * The steps whose checkpoints are not kept.
   *
   * @param divergences KL(p||pi) in nats by the step of each checkpoint that there is; NaN for one
   *     that was not evaluated
   */
  Set<Long> superfluous(Map<Long, Double> divergences) {
    Set<Long> superfluous = new TreeSet<>(divergences.keySet());
    divergences.keySet().stream()
        .sorted(Comparator.reverseOrder())
        .limit(Math.max(1, newest))
        .forEach(superfluous::remove);
    ranking(divergences).stream().limit(best).forEach(superfluous::remove);
    superfluous.removeIf(step -> everySteps > 0 && step % everySteps == 0);
    return superfluous;
  }

  /** Whether a policy is one of the best ones, if those that there are were all others. */
  boolean ranks(double divergence, Map<Long, Double> divergences) {
    return divergences.values().stream().filter(other -> other <= divergence).count() < best;
  }

  private static List<Long> ranking(Map<Long, Double> divergences) {
    return divergences.entrySet().stream()
        .filter(entry -> !Double.isNaN(entry.getValue()))
        .sorted(
            Map.Entry.<Long, Double>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
        .map(Map.Entry::getKey)
        .toList();
  }
}
