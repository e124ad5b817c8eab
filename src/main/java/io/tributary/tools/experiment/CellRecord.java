package io.tributary.tools.experiment;

import io.tributary.config.TributaryConfig;
import io.tributary.config.experiment.Experiment;
import io.tributary.config.objective.ObjectiveType;
import io.tributary.config.target.ConstraintConfig;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a report needs to know about a run besides its files.
 *
 * @param name of the run
 * @param task name of its task
 * @param method name of its method
 * @param objective {@code objective.type}
 * @param batchSize sequences per step
 * @param seed of all randomness
 * @param sequences number it learns from in all; 0 if it continues until it is stopped
 * @param figures numbers of the figures that show it
 * @param targets the moments that the target asks for; empty for a kl-control
 */
public record CellRecord(
    String name,
    String task,
    String method,
    String objective,
    int batchSize,
    long seed,
    long sequences,
    Set<Integer> figures,
    List<Moment> targets) {
  public CellRecord {
    figures = new TreeSet<>(figures);
    targets = List.copyOf(targets);
  }

  /**
   * A desired mean.
   *
   * @param feature its name
   * @param target the desired mean
   * @param hard whether all sequences must have the feature, or none
   */
  public record Moment(String feature, double target, boolean hard) {}

  static CellRecord of(Experiment.Cell cell) {
    return of(cell.task(), cell.method(), cell.figures(), cell.config());
  }

  /** A run of its own, or of a grid. */
  public static CellRecord of(
      String task, String method, Set<Integer> figures, TributaryConfig config) {
    return new CellRecord(
        config.run().name(),
        task,
        method,
        config.objective().type().toString(),
        config.learner().batchSize(),
        config.run().seed(),
        config.totalSteps().orElse(0) * config.learner().batchSize(),
        figures,
        config.target().klControl().isPresent()
            ? List.of()
            : config.target().features().stream().map(CellRecord::moment).toList());
  }

  private static Moment moment(ConstraintConfig constraint) {
    return new Moment(constraint.name(), constraint.moment().orElse(1.0), constraint.isHard());
  }

  /** Whether it optimises this objective. */
  public boolean isOf(ObjectiveType type) {
    return objective.equals(type.toString());
  }

  /** Whether all moments are hard constraints. */
  public boolean isPointwise() {
    return targets.stream().allMatch(Moment::hard);
  }

  /** The same run, shown in these figures. */
  public CellRecord in(Set<Integer> otherFigures) {
    return new CellRecord(
        name, task, method, objective, batchSize, seed, sequences, otherFigures, targets);
  }
}
