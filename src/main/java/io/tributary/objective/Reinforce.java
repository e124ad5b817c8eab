package io.tributary.objective;

import io.tributary.config.objective.ObjectiveType.Baseline;
import io.tributary.objective.estimate.LogSpace;

/**
 * REINFORCE: follows grad E_pi[r] with c = v (r - b) (Williams 1992; Eq. (1) and (11), Korbak et
 * al. 2022, arXiv:2206.00761).
 *
 * <p>v = pi/q is 1 where q = pi; for sequences that are some steps old, it makes the expected
 * gradient that of the current policy.
 *
 * @param baseline none, leave-one-out or running-mean
 */
public record Reinforce(Baseline baseline) implements Objective {
  public Reinforce {
    if (baseline == Baseline.Z) {
      throw new IllegalArgumentException("the baseline of REINFORCE is a mean reward, not Z");
    }
  }

  /** S = v r, whose mean is E_pi[r]. */
  @Override
  public double[] signals(BatchValues rows) {
    double[] signals = rows.logPolicyRatios();
    for (int j = 0; j < signals.length; j++) {
      signals[j] = LogSpace.weigh(Math.exp(signals[j]), rows.rewards()[j]);
    }
    return signals;
  }

  /**
   * b = E_pi[r] (Eq. (12), Korbak et al. 2022), from the other sequences or from earlier batches.
   */
  @Override
  public double[] levels(BatchValues batch) {
    return switch (baseline) {
      case LEAVE_ONE_OUT -> BaselineLevels.ofOthers(signals(batch));
      case RUNNING_MEAN -> BaselineLevels.constant(batch.size(), batch.estimates().meanSignal());
      case NONE, Z -> new double[batch.size()];
    };
  }

  @Override
  public boolean comparesSequences() {
    return baseline == Baseline.LEAVE_ONE_OUT;
  }
}
