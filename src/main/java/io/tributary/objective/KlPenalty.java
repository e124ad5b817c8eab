package io.tributary.objective;

import io.tributary.config.objective.ObjectiveConfig;
import java.util.Optional;

/**
 * The weight beta of log(pi/a) against the reward: fixed, or adapted to a target of KL(pi||a) as in
 * section 2.2 of Ziegler et al. 2019, arXiv:1909.08593.
 *
 * <p>Not thread-safe.
 */
public final class KlPenalty {

  /** What a checkpoint stores: beta of the next batch, 0 for objectives without a penalty. */
  public record State(double beta) {}

  /**
   * Adapts beta so that KL(pi||a) stays near a target. The text of Ziegler et al. has a constant
   * K_beta = 0.1 per batch; their code, followed here, has K_beta = sequences of the batch /
   * horizon, so the pace does not depend on the batch size.
   *
   * @param target KL(pi||a) to hold, in nats
   * @param horizon sequences after which a constant error of e has changed log beta by about e
   */
  record Controller(double target, double horizon) {
    private static final double LARGEST_ERROR = 0.2;

    /** e = clip( (KL - target) / target, -0.2, 0.2 ), with KL(pi||a) of the batch in nats. */
    double error(double kl) {
      return Math.min(Math.max(kl / target - 1, -LARGEST_ERROR), LARGEST_ERROR);
    }

    /** beta (1 + K_beta e) with K_beta = sequences / horizon. */
    double next(double beta, double kl, int sequences) {
      return beta * (1 + sequences / horizon * error(kl));
    }
  }

  private final Optional<Controller> controller;
  private double beta;

  /** The configured penalty. */
  public KlPenalty(ObjectiveConfig config) {
    controller = config.targetKl().map(target -> new Controller(target, config.ppo().horizon()));
    beta = config.beta().orElse(0.0);
  }

  /** Restores a penalty from a checkpoint; a fixed beta is the configured one. */
  public static KlPenalty restore(ObjectiveConfig config, State state) {
    KlPenalty penalty = new KlPenalty(config);
    if (penalty.controller.isPresent()) {
      penalty.beta = state.beta();
    }
    return penalty;
  }

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
