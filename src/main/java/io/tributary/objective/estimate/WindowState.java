package io.tributary.objective.estimate;

import io.tributary.config.ProposalConfig.Criterion;
import io.tributary.data.PartitionFunctionEstimate;
import org.jspecify.annotations.Nullable;

/**
 * The sums of a {@link ReplacementWindow} and the estimates made from them. It is part of a
 * checkpoint; a window restored from it continues bit by bit.
 *
 * @param proposalVersion version of the proposal whose sequences count
 * @param criterion what the terms are of
 * @param differences of the paired terms: times Z for KL
 * @param divergences of the terms of the policy's own divergence: times Z, and without - log Z, for
 *     KL
 * @param sensitivity sum of the derivatives of the terms with respect to log Z, for TVD
 * @param positive sequences of positive weight
 * @param unusable sequences on which the difference is NaN or infinite
 * @param best divergences of the policy that last became the proposal, as it was judged then; null
 *     if none has, or where the best is not kept
 */
public record WindowState(
    long proposalVersion,
    Criterion criterion,
    RunningMoments differences,
    RunningMoments divergences,
    double sensitivity,
    long positive,
    long unusable,
    @Nullable RunningMoments best) {

  static WindowState empty(
      long proposalVersion, Criterion criterion, @Nullable RunningMoments best) {
    return new WindowState(
        proposalVersion, criterion, RunningMoments.EMPTY, RunningMoments.EMPTY, 0, 0, 0, best);
  }

  /** Number of sequences of the current proposal. */
  long sequences() {
    return differences.count() + unusable;
  }

  /**
   * These sums with one more sequence; without it while p/q is unknown and the criterion needs it.
   * The divergences of pi and q are compared on the same sequences, so most of their noise cancels.
   *
   * @param logWeight log w in nats
   * @param logPolicyRatio log v in nats
   * @param z the estimate of Z without the sequence
   */
  WindowState plus(double logWeight, double logPolicyRatio, PartitionFunctionEstimate z) {
    boolean tvd = criterion == Criterion.TVD;
    if (tvd && !z.isKnown()) {
      return this;
    }
    SignedLog difference =
        tvd
            ? tvdDifference(logWeight, logPolicyRatio, z.logZ())
            : klDifference(logWeight, logPolicyRatio);
    SignedLog divergence =
        tvd
            ? tvdOfPolicy(logWeight, logPolicyRatio, z.logZ())
            : klOfPolicy(logWeight, logPolicyRatio);
    if (Double.isNaN(logPolicyRatio) || !difference.isNumber() || !divergence.isNumber()) {
      return new WindowState(
          proposalVersion,
          criterion,
          differences,
          divergences,
          sensitivity,
          positive,
          unusable + 1,
          best);
    }
    double derivative = tvd ? tvdSensitivity(logWeight, logPolicyRatio, z.logZ()) : 0;
    return new WindowState(
        proposalVersion,
        criterion,
        differences.plus(difference.logMagnitude(), difference.sign()),
        divergences.plus(divergence.logMagnitude(), divergence.sign()),
        sensitivity + derivative,
        positive + (logWeight > Double.NEGATIVE_INFINITY ? 1 : 0),
        unusable,
        best);
  }

  /**
   * d = mean[ w (log q - log pi) ] / Z for KL, which estimates KL(p||pi) - KL(p||q), or mean[ |w/Z
   * - v| - |w/Z - 1| ] / 2 for TVD, with the standard error of both the mean and Z. (Part of the
   * window is in Z by now, which makes the true error of a KL difference smaller, not larger.)
   */
  PointEstimate difference(PartitionFunctionEstimate z) {
    long count = differences.count();
    if (!z.isKnown() || count == 0) {
      return PointEstimate.ABSENT;
    }
    if (criterion == Criterion.TVD) {
      return differences
          .meanInUnitsOf(0)
          .withErrorOf(sensitivity / count, z.relativeStandardError());
    }
    PointEstimate d = differences.meanInUnitsOf(z.logZ());
    return d.withErrorOf(-d.value(), z.relativeStandardError());
  }

  /**
   * The error of the sign of d: for KL that of the mean alone, since 1/Z changes no sign, however
   * uncertain it is.
   */
  double errorOfSign(PointEstimate d) {
    if (criterion == Criterion.TVD) {
      return d.standardError();
    }
    PointEstimate mean = differences.meanInUnitsOf(differences.logScale());
    return mean.value() == 0
        ? d.standardError()
        : mean.standardError() / Math.abs(mean.value()) * Math.abs(d.value());
  }

  /**
   * Whether the policy is closer to p than the one that last became the proposal was; true if there
   * is none. For KL both means lack the same 1/Z and - log Z, so their order does not depend on Z.
   */
  boolean isBest() {
    return best == null
        || divergences.meanInUnitsOf(best.logScale()).value()
            < best.meanInUnitsOf(best.logScale()).value();
  }

  /**
   * The difference of the terms of Z KL(p||pi) and Z KL(p||q): w (log P - log pi) - w (log P - log
   * q) = - w log v. Its expectation under q is Z (KL(p||pi) - KL(p||q)), whatever Z is.
   */
  private static SignedLog klDifference(double logWeight, double logPolicyRatio) {
    return logWeight == Double.NEGATIVE_INFINITY
        ? SignedLog.ZERO
        : new SignedLog(
            logWeight + Math.log(Math.abs(logPolicyRatio)), logPolicyRatio > 0 ? -1 : 1);
  }

  /**
   * The difference of the terms of TVD(p, pi) and TVD(p, q): (|p/q - v| - |p/q - 1|) / 2, written
   * so that a huge p/q neither overflows nor cancels.
   */
  private static SignedLog tvdDifference(double logWeight, double logPolicyRatio, double logZ) {
    double targetRatio = Math.exp(logWeight - logZ);
    double ratio = Math.exp(logPolicyRatio);
    double low = Math.min(1, ratio);
    double high = Math.max(1, ratio);
    // distance to v less distance to 1 while v is the lower of the two, the reverse otherwise
    double overlap = 2 * Math.min(Math.max(targetRatio, low), high) - low - high;
    return SignedLog.of((ratio < 1 ? overlap : -overlap) / 2);
  }

  /** The term of Z (KL(p||pi) + log Z): w (log P - log pi) = w (log w - log v). */
  private static SignedLog klOfPolicy(double logWeight, double logPolicyRatio) {
    SignedLog distance = SignedLog.of(logWeight - logPolicyRatio);
    return logWeight == Double.NEGATIVE_INFINITY
        ? SignedLog.ZERO
        : new SignedLog(logWeight + distance.logMagnitude(), distance.sign());
  }

  /** The term of TVD(p, pi): |p/q - v| / 2, in log space since p/q may be huge. */
  private static SignedLog tvdOfPolicy(double logWeight, double logPolicyRatio, double logZ) {
    double larger = Math.max(logWeight - logZ, logPolicyRatio);
    double smaller = Math.min(logWeight - logZ, logPolicyRatio);
    return larger == Double.NEGATIVE_INFINITY
        ? SignedLog.ZERO
        : new SignedLog(larger + Math.log(-Math.expm1(smaller - larger) / 2), 1);
  }

  /**
   * Derivative of {@link #tvdDifference} with respect to log Z: not 0 where p/q is between v and 1.
   */
  private static double tvdSensitivity(double logWeight, double logPolicyRatio, double logZ) {
    double targetRatio = Math.exp(logWeight - logZ);
    double ratio = Math.exp(logPolicyRatio);
    boolean between = (targetRatio - ratio) * (1 - targetRatio) > 0;
    return between ? (ratio < 1 ? -targetRatio : targetRatio) : 0;
  }

  /** A number as sign and logarithm of its absolute value. */
  private record SignedLog(double logMagnitude, int sign) {
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
