package io.tributary.objective;

/**
 * Per-token losses of proximal policy optimisation (Schulman et al. 2017, arXiv:1707.06347) and
 * their derivatives. The loss of a batch is the mean policy loss plus a weight times the mean value
 * loss.
 *
 * @param clip epsilon: distance of the ratio pi/pi_old from 1 beyond which improvement is not
 *     rewarded
 * @param valueClip the same for the distance of a value from V_old; 0 for no limit
 */
public record ProximalLoss(double clip, double valueClip) {

  /**
   * - min( rho A, clip(rho, 1 - epsilon, 1 + epsilon) A ), the negative of L^CLIP (Eq. (7),
   * Schulman et al. 2017, arXiv:1707.06347).
   *
   * @param logRatio log rho = log pi - log pi_old of the token, in nats
   * @param advantage A
   */
  public double policy(double logRatio, double advantage) {
    double ratio = Math.exp(logRatio);
    return Math.max(-advantage * ratio, -advantage * clipped(ratio));
  }

  /**
   * Derivative of {@link #policy} with respect to log pi: - rho A, or 0 where the ratio is clipped.
   */
  public double policyDerivative(double logRatio, double advantage) {
    return isClipped(logRatio, advantage) ? 0 : -advantage * Math.exp(logRatio);
  }

  /** Whether the clipped term is the active one, so that the gradient is 0. */
  public boolean isClipped(double logRatio, double advantage) {
    double ratio = Math.exp(logRatio);
    return -advantage * clipped(ratio) > -advantage * ratio;
  }

  private double clipped(double ratio) {
    return Math.min(Math.max(ratio, 1 - clip), 1 + clip);
  }

  /**
   * max( (V - R)^2, (clip(V, V_old - c, V_old + c) - R)^2 ) / 2, as Ziegler et al. 2019,
   * arXiv:1909.08593, in their code.
   *
   * @param value V
   * @param before V_old, that of the policy that drew the sequence
   * @param target R, the return
   */
  public double value(double value, double before, double target) {
    double loss = square(value - target) / 2;
    return valueClip > 0 ? Math.max(loss, square(clipped(value, before) - target) / 2) : loss;
  }

  /** Derivative of {@link #value} with respect to V: V - R, or 0 where the value is clipped. */
  public double valueDerivative(double value, double before, double target) {
    boolean clipped =
        valueClip > 0 && square(clipped(value, before) - target) > square(value - target);
    return clipped ? 0 : value - target;
  }

  private double clipped(double value, double before) {
    return Math.min(Math.max(value, before - valueClip), before + valueClip);
  }

  private static double square(double x) {
    return x * x;
  }
}
