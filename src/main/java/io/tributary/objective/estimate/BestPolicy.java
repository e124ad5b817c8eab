package io.tributary.objective.estimate;

import io.tributary.objective.estimate.HeldOut.Standing;

/**
 * The published policy that was closest to p on the held-out sequences, and whether the one
 * published last has lost parts of p since.
 *
 * <p>It has if KL(p||pi) is higher than that of the best by more than {@value #LEAST_RISE} nats and
 * by more than {@value #STANDARD_ERRORS} standard errors of the difference, and this lasts until
 * one of them is less than half of that. The former is what matters: neighbouring policies differ
 * so little that a difference of many standard errors can mean nothing, and the best of many is a
 * little too good on the sequences that it was chosen on. The latter says how many sequences must
 * have become rare: where k of N are lost and nothing else changes, the rise is sqrt( k (N-1)/(N-k)
 * ) standard errors however deep the loss is, so that 2 need about four sequences, and 3 would not
 * see the loss of a tenth of p by 73.
 *
 * @param step after which it was published
 * @param standing how it stands on the sequences
 * @param lost whether the policy published last has lost parts of p
 */
public record BestPolicy(long step, Standing standing, boolean lost) {
  private static final double LEAST_RISE = 0.1; // nats
  private static final double STANDARD_ERRORS = 2;
  private static final double LASTING = 0.5;

  /** The first policy is the best. */
  public static BestPolicy first(long step, Standing standing) {
    return new BestPolicy(step, standing, false);
  }

  /** The best one after another policy was published. */
  public BestPolicy after(long published, Standing policy, HeldOut heldOut) {
    PointEstimate rise = heldOut.klDifference(policy, standing);
    return rise.value() < 0
        ? first(published, policy)
        : new BestPolicy(step, standing, isLoss(rise, lost ? LASTING : 1));
  }

  /** Where some sequence has no finite log-probability, everything is lost. */
  private static boolean isLoss(PointEstimate rise, double factor) {
    return !Double.isFinite(rise.value())
        || (rise.value() > factor * LEAST_RISE
            && rise.value() > factor * STANDARD_ERRORS * rise.standardError());
  }
}
