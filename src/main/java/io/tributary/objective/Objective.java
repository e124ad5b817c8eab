package io.tributary.objective;

import io.tributary.config.ObjectiveConfig;

/**
 * Turns importance weights into the coefficients c(x) of the loss - mean_batch[ c(x) log pi(x) ],
 * where c is a constant for the gradient.
 *
 * <p>Arrays run over the N sequences of a batch, those of weight 0 too. All of an objective's
 * coefficients are in the unit of P (a probability), or free of it where they are divided by Z.
 * While no positive weight has been seen, the baseline is 0 and nothing is divided by Z. NaN in a
 * policy ratio gives NaN, so that a diverged policy shows.
 */
public sealed interface Objective permits Gdc, GdcPlusPlus {

  /** The objective that the configuration names. */
  static Objective of(ObjectiveConfig config) {
    return switch (config.type()) {
      case GDC -> new Gdc(config.normaliseByZ());
      case GDC_WITH_BASELINE -> new GdcPlusPlus(config.normaliseByZ());
    };
  }

  /**
   * The baseline B(x) that is subtracted from P(x)/q(x).
   *
   * @param logPolicyRatios (N), log v = log pi - log q in nats
   * @param z the estimate of Z from the sequences before this batch
   * @return (N), in the unit of P
   */
  double[] baselines(double[] logPolicyRatios, PartitionFunction.Estimate z);

  /**
   * The advantage A(x) = P(x)/q(x) - B(x), whatever the coefficients are divided by.
   *
   * @param logWeights (N), log w = log P - log q in nats; minus infinity where P(x) = 0
   * @param logPolicyRatios (N), log v = log pi - log q in nats
   * @param z the estimate of Z from the sequences before this batch
   * @return (N), in the unit of P
   */
  double[] advantages(double[] logWeights, double[] logPolicyRatios, PartitionFunction.Estimate z);

  /**
   * The coefficients c(x) of the loss; arguments and length as for {@link #advantages}.
   *
   * @return (N), A(x), or A(x)/Z where the objective is normalised
   */
  double[] coefficients(
      double[] logWeights, double[] logPolicyRatios, PartitionFunction.Estimate z);

  /**
   * Whether a sequence of weight 0 has a coefficient other than 0; where not, its log pi need not
   * be differentiated.
   */
  boolean needsGradientAtZeroWeight();
}
