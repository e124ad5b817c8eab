package io.tributary.objective.estimate;

import io.tributary.config.Criterion;
import io.tributary.objective.estimate.PairedDifference.SignedLog;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ReplacementWindow} holds; a window restored from it goes on bit by bit.
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

  WindowState plusUnusable() {
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

  WindowState plus(
      SignedLog difference, SignedLog divergence, double derivative, boolean isPositive) {
    return new WindowState(
        proposalVersion,
        criterion,
        differences.plus(difference.logMagnitude(), difference.sign()),
        divergences.plus(divergence.logMagnitude(), divergence.sign()),
        sensitivity + derivative,
        positive + (isPositive ? 1 : 0),
        unusable,
        best);
  }
}
