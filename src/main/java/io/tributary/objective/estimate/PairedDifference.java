package io.tributary.objective.estimate;

/**
 * The terms that one sequence x drawn from q contributes to a divergence of pi, and to the
 * difference between it and the same divergence of q. Both divergences are estimated on the same
 * sequences, so most of their noise cancels.
 */
final class PairedDifference {
  private PairedDifference() {}

  /**
   * The difference of the terms of Z KL(p||pi) and Z KL(p||q): w (log P - log pi) - w (log P - log
   * q) = - w log v. Its expectation under q is Z (KL(p||pi) - KL(p||q)), whatever Z is.
   */
  static SignedLog kl(double logWeight, double logPolicyRatio) {
    return logWeight == Double.NEGATIVE_INFINITY
        ? SignedLog.ZERO
        : new SignedLog(
            logWeight + Math.log(Math.abs(logPolicyRatio)), logPolicyRatio > 0 ? -1 : 1);
  }

  /**
   * The difference of the terms of TVD(p, pi) and TVD(p, q): (|p/q - v| - |p/q - 1|) / 2, written
   * so that a huge p/q neither overflows nor cancels.
   */
  static SignedLog tvd(double logWeight, double logPolicyRatio, double logZ) {
    double targetRatio = Math.exp(logWeight - logZ);
    double ratio = Math.exp(logPolicyRatio);
    double low = Math.min(1, ratio);
    double high = Math.max(1, ratio);
    // distance to v less distance to 1 while v is the lower of the two, the reverse otherwise
    double overlap = 2 * Math.min(Math.max(targetRatio, low), high) - low - high;
    return SignedLog.of((ratio < 1 ? overlap : -overlap) / 2);
  }

  /** The term of Z (KL(p||pi) + log Z): w (log P - log pi) = w (log w - log v). */
  static SignedLog klOfPolicy(double logWeight, double logPolicyRatio) {
    SignedLog distance = SignedLog.of(logWeight - logPolicyRatio);
    return logWeight == Double.NEGATIVE_INFINITY
        ? SignedLog.ZERO
        : new SignedLog(logWeight + distance.logMagnitude(), distance.sign());
  }

  /** The term of TVD(p, pi): |p/q - v| / 2, in log space since p/q may be huge. */
  static SignedLog tvdOfPolicy(double logWeight, double logPolicyRatio, double logZ) {
    double larger = Math.max(logWeight - logZ, logPolicyRatio);
    double smaller = Math.min(logWeight - logZ, logPolicyRatio);
    return larger == Double.NEGATIVE_INFINITY
        ? SignedLog.ZERO
        : new SignedLog(larger + Math.log(-Math.expm1(smaller - larger) / 2), 1);
  }

  /** Derivative of {@link #tvd} with respect to log Z: not 0 where p/q is between v and 1. */
  static double tvdSensitivity(double logWeight, double logPolicyRatio, double logZ) {
    double targetRatio = Math.exp(logWeight - logZ);
    double ratio = Math.exp(logPolicyRatio);
    boolean between = (targetRatio - ratio) * (1 - targetRatio) > 0;
    return between ? (ratio < 1 ? -targetRatio : targetRatio) : 0;
  }

  /** A number as sign and logarithm of its absolute value. */
  record SignedLog(double logMagnitude, int sign) {
    static final SignedLog ZERO = new SignedLog(Double.NEGATIVE_INFINITY, 1);

    static SignedLog of(double value) {
      return new SignedLog(Math.log(Math.abs(value)), value < 0 ? -1 : 1);
    }

    /** Whether it is finite, and not NaN. */
    boolean isNumber() {
      return logMagnitude < Double.POSITIVE_INFINITY; // false for NaN too
    }
  }
}
