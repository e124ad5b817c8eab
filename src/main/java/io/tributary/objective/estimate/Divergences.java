package io.tributary.objective.estimate;

import io.tributary.data.PartitionFunctionEstimate;
import java.util.Arrays;

/**
 * Estimates the divergences between target p, policy pi, proposal q and base model a, each with a
 * standard error by the delta method.
 *
 * <p>Arrays run over N independent sequences, including those of weight 0. Z comes from other
 * sequences, so its error is independent of theirs and is added; the relative error of Z is the
 * error of log Z. Estimates that involve p are absent while no positive weight has been seen.
 *
 * <p>Sequences without any positive weight carry no information on p. Their estimates are kept,
 * since a mean over many samples is unbiased only if it includes them; but their error can't be
 * estimated, so the standard error is absent.
 *
 * <p>Korbak et al. 2022, arXiv:2206.00761, section 4.2 (metrics 2 and 3) and Eq. (21).
 */
public final class Divergences {
  private static final double LEAST_MASS = 0.5;
  private static final double STANDARD_ERRORS = 4;
  private static final int LEAST_SEQUENCES = 20;
  private static final double ROUNDING = 1e-9;

  private Divergences() {}

  /**
   * KL(p||pi) = -log Z + (1/Z) mean[ w (log P - log pi) ] in nats, from sequences of any proposals;
   * log P - log pi = log w - log v. It is -log Z, without a standard error, where no weight is
   * positive.
   *
   * @param logWeights (N), log w = log P - log q
   * @param logPolicyRatios (N), log v = log pi - log q
   */
  public static PointEstimate klTargetPolicy(
      double[] logWeights, double[] logPolicyRatios, PartitionFunctionEstimate z) {
    LogSpace.requireSameLength(logWeights, logPolicyRatios);
    if (!z.isKnown()) {
      return PointEstimate.ABSENT;
    }
    double[] terms = new double[logWeights.length];
    for (int j = 0; j < terms.length; j++) {
      terms[j] =
          LogSpace.weigh(Math.exp(logWeights[j] - z.logZ()), logWeights[j] - logPolicyRatios[j]);
    }
    if (nonePositive(logWeights)) {
      return new PointEstimate(-z.logZ(), Double.NaN);
    }
    PointEstimate mean = PointEstimate.mean(terms);
    // d/d(log Z) of -log Z + mean[terms], in which every term is proportional to 1/Z
    return new PointEstimate(mean.value() - z.logZ(), mean.standardError())
        .withErrorOf(-1 - mean.value(), z.relativeStandardError());
  }

  /**
   * KL(p||q) = -log Z + (1/Z) mean[ w (log P - log q) ] in nats, where q is what the sequences were
   * drawn from; log P - log q = log w.
   *
   * @param logWeights (N), log w = log P - log q
   */
  public static PointEstimate klTargetProposal(double[] logWeights, PartitionFunctionEstimate z) {
    return klTargetPolicy(logWeights, new double[logWeights.length], z);
  }

  private static boolean nonePositive(double[] logWeights) {
    return Arrays.stream(logWeights).allMatch(logWeight -> logWeight == Double.NEGATIVE_INFINITY);
  }

  /**
   * TVD(p, pi) = 1/2 mean| w/Z - v | in [0, 1] (Eq. (21), Korbak et al. 2022, arXiv:2206.00761). It
   * has no standard error where no weight is positive.
   *
   * @param logWeights (N), log w = log P - log q
   * @param logPolicyRatios (N), log v = log pi - log q
   */
  public static PointEstimate tvdTargetPolicy(
      double[] logWeights, double[] logPolicyRatios, PartitionFunctionEstimate z) {
    LogSpace.requireSameLength(logWeights, logPolicyRatios);
    if (!z.isKnown()) {
      return PointEstimate.ABSENT;
    }
    double[] terms = new double[logWeights.length];
    double sensitivity = 0;
    for (int j = 0; j < terms.length; j++) {
      double targetRatio = Math.exp(logWeights[j] - z.logZ()); // p/q
      double difference = targetRatio - Math.exp(logPolicyRatios[j]);
      terms[j] = Math.abs(difference) / 2;
      sensitivity -= Math.signum(difference) * targetRatio / 2 / terms.length;
    }
    PointEstimate mean = PointEstimate.mean(terms);
    return nonePositive(logWeights)
        ? new PointEstimate(mean.value(), Double.NaN)
        : mean.withErrorOf(sensitivity, z.relativeStandardError());
  }

  /**
   * TVD(p, q) = 1/2 mean| w/Z - 1 | in [0, 1], where q is what the sequences were drawn from.
   *
   * @param logWeights (N), log w = log P - log q
   */
  public static PointEstimate tvdTargetProposal(double[] logWeights, PartitionFunctionEstimate z) {
    return tvdTargetPolicy(logWeights, new double[logWeights.length], z);
  }

  /**
   * KL(pi||a) = mean[ v (log pi - log a) ] in nats, from sequences of any proposals. It needs no Z.
   *
   * @param logPolicyRatios (N), log v = log pi - log q
   * @param logPolicies (N), log pi
   * @param logBases (N), log a
   */
  public static PointEstimate klPolicyBase(
      double[] logPolicyRatios, double[] logPolicies, double[] logBases) {
    LogSpace.requireSameLength(logPolicyRatios, logPolicies);
    LogSpace.requireSameLength(logPolicies, logBases);
    double[] terms = new double[logPolicies.length];
    for (int j = 0; j < terms.length; j++) {
      terms[j] = LogSpace.weigh(Math.exp(logPolicyRatios[j]), logPolicies[j] - logBases[j]);
    }
    return PointEstimate.mean(terms);
  }

  /**
   * KL(p||pi) in nats from samples of pi itself, as an evaluation draws them: pi takes the place of
   * q in {@link #klTargetProposal}. It is reported on its own, so it is absent where the samples do
   * not determine it: if P(x) = 0 for all of them, or if they cover less than half of the mass of
   * p, mean[P/pi] / Z, beyond its error. Then pi never draws what it has unlearned, and the
   * estimate is near -log Z however far pi is from p.
   *
   * @param logTargets (N), log P; minus infinity where P(x) = 0
   * @param logPolicies (N), log pi
   */
  public static PointEstimate klTargetPolicyOnPolicy(
      double[] logTargets, double[] logPolicies, PartitionFunctionEstimate z) {
    double[] logWeights = LogSpace.minus(logTargets, logPolicies);
    if (nonePositive(logWeights) || coversTooLittle(logWeights, z)) {
      return PointEstimate.ABSENT;
    }
    return klTargetProposal(logWeights, z);
  }

  /**
   * KL(p||pi) = E_p[ log P - log pi ] - log Z in nats from sequences that stand for p whatever pi
   * is, with weights P/q that do not depend on it. Absent where their effective number is less than
   * {@value #LEAST_SEQUENCES}.
   *
   * @param logTargets (N), log P
   * @param logWeights (N), log( P/q )
   * @param logPolicies (N), log pi
   */
  public static PointEstimate klTargetPolicyOnTarget(
      double[] logTargets, double[] logWeights, double[] logPolicies, PartitionFunctionEstimate z) {
    LogSpace.requireSameLength(logWeights, logPolicies);
    if (!z.isKnown() || !isEnough(logWeights)) {
      return PointEstimate.ABSENT;
    }
    PointEstimate mean =
        PointEstimate.underPolicy(logWeights, LogSpace.minus(logTargets, logPolicies));
    return new PointEstimate(mean.value() - z.logZ(), mean.standardError())
        .withErrorOf(-1, z.relativeStandardError());
  }

  /**
   * KL(p||pi) with another estimate of Z than it was measured with by {@link
   * #klTargetPolicyOnTarget}, where Z enters by its logarithm alone; as it was where either is
   * unknown.
   *
   * @param kl in nats, measured with {@code z}
   * @param z NaN where it is unknown
   * @param other the other estimate; NaN where it is unknown
   */
  public static double rebased(double kl, double z, double other) {
    double difference = Math.log(z) - Math.log(other);
    return Double.isFinite(difference) ? kl + difference : kl;
  }

  /** Whether the effective number of sequences is {@value #LEAST_SEQUENCES} or more. */
  static boolean isEnough(double[] logWeights) {
    return logWeights.length >= LEAST_SEQUENCES
        && logWeights.length * Diagnostics.effectiveSampleSizeRatio(logWeights)
            >= LEAST_SEQUENCES - ROUNDING;
  }

  private static boolean coversTooLittle(double[] logWeights, PartitionFunctionEstimate z) {
    double[] shares = Arrays.stream(logWeights).map(w -> Math.exp(w - z.logZ())).toArray();
    PointEstimate mean = PointEstimate.mean(shares);
    PointEstimate mass = mean.withErrorOf(-mean.value(), z.relativeStandardError());
    return mass.value() + STANDARD_ERRORS * mass.standardError() < LEAST_MASS;
  }

  /**
   * KL(pi||a) = mean[ log pi - log a ] in nats from samples of pi itself, as an evaluation draws
   * them.
   *
   * @param logPolicies (N), log pi
   * @param logBases (N), log a
   */
  public static PointEstimate klPolicyBaseOnPolicy(double[] logPolicies, double[] logBases) {
    return klPolicyBase(new double[logPolicies.length], logPolicies, logBases);
  }
}
