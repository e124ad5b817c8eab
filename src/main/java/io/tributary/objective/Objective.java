package io.tributary.objective;

import io.tributary.config.objective.ObjectiveConfig;
import io.tributary.config.objective.ObjectiveType.Baseline;
import io.tributary.objective.estimate.LogSpace;
import java.util.Arrays;

/**
 * Computes from a batch the coefficients c(x) of the loss - mean_batch[ c(x) log pi(x) ], where c
 * is a constant for the gradient.
 *
 * <p>Every objective follows the gradient E_q[ S(x) grad log pi(x) ] of its signal S, and may
 * subtract a baseline: A(x) = S(x) - v(x) b(x) with a level b that does not depend on x itself.
 * Since E_q[ v grad log pi ] = E_pi[ grad log pi ] = 0 for every proposal q, the level does not
 * change the expected gradient (Facts 1 and 2, Korbak et al. 2022, arXiv:2206.00761); the best ones
 * are near E_q[S].
 *
 * <p>Arrays run over the N sequences of a batch, including those of weight 0. While no positive
 * weight has been seen, a level derived from Z is 0 and nothing is divided by Z. NaN in log pi
 * gives NaN, so that a diverged policy shows.
 */
public sealed interface Objective permits Gdc, Reinforce, KlControl, FDivergence {

  /** The objective that the configuration names. */
  static Objective of(ObjectiveConfig config) {
    boolean baseline = config.baseline() != Baseline.NONE;
    return switch (config.type()) {
      case GDC, GDC_WITH_BASELINE, DPG -> new Gdc(baseline, config.normaliseByZ());
      case REINFORCE -> new Reinforce(config.baseline());
      case KL_CONTROL -> new KlControl(config.beta().orElseThrow(), baseline);
      case F_DIVERGENCE -> new FDivergence(config.divergence().orElseThrow(), baseline);
    };
  }

  /**
   * The signal S(x) of each sequence, which depends on that sequence alone.
   *
   * @return (N)
   */
  double[] signals(BatchValues rows);

  /**
   * The level b of each sequence's baseline, computed from other sequences only: those of earlier
   * batches, or the others of this one.
   *
   * @param batch the whole batch; its log pi is read only where {@link #comparesSequences}
   * @return (N)
   */
  double[] levels(BatchValues batch);

  /** Whether a level is computed from the other sequences of the batch and needs their log pi. */
  default boolean comparesSequences() {
    return false;
  }

  /**
   * The baseline B(x) = v(x) b(x).
   *
   * @param levels (N), of these rows
   * @return (N), in the unit of the signal
   */
  default double[] baselines(BatchValues rows, double[] levels) {
    double[] baselines = rows.logPolicyRatios();
    LogSpace.requireSameLength(baselines, levels);
    Arrays.setAll(baselines, j -> LogSpace.weigh(levels[j], Math.exp(baselines[j])));
    return baselines;
  }

  /**
   * The advantage A(x) = S(x) - B(x), which is never normalised by Z.
   *
   * @param levels (N), of these rows
   * @return (N), in the unit of the signal
   */
  default double[] advantages(BatchValues rows, double[] levels) {
    return LogSpace.minus(signals(rows), baselines(rows, levels));
  }

  /**
   * The coefficients c(x) of the loss: A(x), or A(x)/Z where the objective is normalised.
   *
   * @param levels (N), of these rows
   * @return (N)
   */
  default double[] coefficients(BatchValues rows, double[] levels) {
    return advantages(rows, levels);
  }

  /**
   * Whether a sequence of weight 0 can have a coefficient other than 0; if not, its log pi need not
   * be differentiated.
   */
  default boolean needsGradientAtZeroWeight() {
    return true;
  }
}
