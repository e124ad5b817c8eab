package io.tributary.objective.ppo;

/**
 * Adapts beta so that KL(pi||a) stays near a target: section 2.2 of Ziegler et al. 2019,
 * arXiv:1909.08593. Their text has a constant K_beta = 0.1 per batch; their code, followed here,
 * has K_beta = sequences of the batch / horizon, so the pace does not depend on the batch size.
 *
 * @param target KL(pi||a) to hold, in nats
 * @param horizon sequences after which a constant error of e has changed log beta by about e
 */
record KlController(double target, double horizon) {
  private static final double LARGEST_ERROR = 0.2;

  /**
   * e = clip( (KL - target) / target, -0.2, 0.2 ).
   *
   * @param kl KL(pi||a) of the batch, in nats
   */
  double error(double kl) {
    return Math.min(Math.max(kl / target - 1, -LARGEST_ERROR), LARGEST_ERROR);
  }

  /**
   * beta (1 + K_beta e) with K_beta = sequences / horizon.
   *
   * @param beta that the batch was learned with
   * @param kl KL(pi||a) of the batch, in nats
   * @param sequences of the batch
   */
  double next(double beta, double kl, int sequences) {
    return beta * (1 + sequences / horizon * error(kl));
  }
}
