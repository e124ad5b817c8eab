package io.tributary.objective.estimate;

import io.tributary.config.ProposalConfig.Criterion;
import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.objective.estimate.PairedDifference.SignedLog;
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
            ? PairedDifference.tvd(logWeight, logPolicyRatio, z.logZ())
            : PairedDifference.kl(logWeight, logPolicyRatio);
    SignedLog divergence =
        tvd
            ? PairedDifference.tvdOfPolicy(logWeight, logPolicyRatio, z.logZ())
            : PairedDifference.klOfPolicy(logWeight, logPolicyRatio);
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
    double derivative =
        tvd ? PairedDifference.tvdSensitivity(logWeight, logPolicyRatio, z.logZ()) : 0;
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
}
