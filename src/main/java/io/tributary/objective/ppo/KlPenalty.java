package io.tributary.objective.ppo;

import io.tributary.config.objective.ObjectiveConfig;
import java.util.Optional;

/**
 * The weight beta of log(pi/a) against the reward: fixed, or adapted to a target of KL(pi||a) by a
 * {@link KlController}.
 *
 * <p>Not thread-safe.
 */
public final class KlPenalty {

  /**
   * What a checkpoint stores.
   *
   * @param beta of the next batch; 0 for objectives without a penalty
   */
  public record State(double beta) {}

  private final Optional<KlController> controller;
  private double beta;

  private KlPenalty(Optional<KlController> controller, double beta) {
    this.controller = controller;
    this.beta = beta;
  }

  /** The configured penalty. */
  public static KlPenalty create(ObjectiveConfig config) {
    return new KlPenalty(
        config.targetKl().map(target -> new KlController(target, config.ppo().horizon())),
        config.beta().orElse(0.0));
  }

  /** Restores a penalty from a checkpoint; a fixed beta is the configured one. */
  public static KlPenalty restore(ObjectiveConfig config, State state) {
    KlPenalty penalty = create(config);
    if (penalty.controller.isPresent()) {
      penalty.beta = state.beta();
    }
    return penalty;
  }

  /** What a checkpoint has to store. */
  public State state() {
    return new State(beta);
  }

  /** beta of the next batch, in units of the reward per nat. */
  public double beta() {
    return beta;
  }

  /**
   * Adapts beta to a batch that was learned, unless it is fixed.
   *
   * @param kl KL(pi||a) of the batch, in nats
   * @param sequences of the batch
   */
  public void adapt(double kl, int sequences) {
    controller.ifPresent(present -> beta = present.next(beta, kl, sequences));
  }
}
