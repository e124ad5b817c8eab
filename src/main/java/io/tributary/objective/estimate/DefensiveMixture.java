package io.tributary.objective.estimate;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * Estimates Z and KL(p||pi) outside a run, from samples of the policy pi and of the base model a
 * pooled as one sample of their mixture.
 *
 * <p>Each alone has a weakness. Samples of a rarely satisfy a rare constraint. Samples of pi say
 * nothing about what pi has unlearned: P/pi is largest on sequences that pi never draws, so Z and
 * the divergence are underestimated. The mixture draws both kinds of sequences, and its weights P/m
 * can't exceed P/(share of a times a), which a hard constraint bounds. See defensive importance
 * sampling (Hesterberg 1995, doi:10.1080/00401706.1995.10484303) and the balance heuristic (Owen
 * and Zhou 2000, doi:10.1080/01621459.2000.10473909).
 *
 * <p>Standard errors are those of a stratified sample: the number of sequences from each model is
 * fixed.
 */
public final class DefensiveMixture {

  /**
   * Sequences of one model, N of them.
   *
   * @param logTargets (N), log P; minus infinity where P(x) = 0
   * @param logPolicies (N), log pi
   * @param logBases (N), log a
   */
  public record Part(double[] logTargets, double[] logPolicies, double[] logBases) {
    public Part {
      LogSpace.requireSameLength(logTargets, logPolicies);
      LogSpace.requireSameLength(logPolicies, logBases);
    }
  }

  private final int fromPolicy;
  private final double[] logWeights; // log P - log m: of the policy's sequences, then of the base's
  private final double[] logRatios; // log P - log pi

  /**
   * The mixture of both, each with its share of the sequences.
   *
   * @param policy sequences drawn from pi
   * @param base sequences drawn from a
   */
  public DefensiveMixture(Part policy, Part base) {
    fromPolicy = policy.logTargets().length;
    double[] logTargets = concat(policy.logTargets(), base.logTargets());
    double[] logPolicies = concat(policy.logPolicies(), base.logPolicies());
    double[] logBases = concat(policy.logBases(), base.logBases());
    double logPolicyShare = Math.log((double) fromPolicy / logTargets.length);
    double logBaseShare = Math.log((double) base.logTargets().length / logTargets.length);
    logWeights = new double[logTargets.length];
    for (int j = 0; j < logWeights.length; j++) {
      double[] logParts = {logPolicyShare + logPolicies[j], logBaseShare + logBases[j]};
      logWeights[j] = logTargets[j] - LogSpace.logSum(logParts);
    }
    logRatios = LogSpace.minus(logTargets, logPolicies);
  }

  private static double[] concat(double[] first, double[] second) {
    return DoubleStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
  }

  /** log w = log P - log m of all sequences; minus infinity where P(x) = 0. */
  public double[] logWeights() {
    return logWeights.clone();
  }

  /** Z = mean w; absent where all weights are 0. */
  public PointEstimate partitionFunction() {
    return LogSpace.max(logWeights) == Double.NEGATIVE_INFINITY
        ? PointEstimate.ABSENT
        : mean(Arrays.stream(logWeights).map(Math::exp).toArray());
  }

  /**
   * KL(p||pi) = mean[ w (log P - log pi) ] / mean[ w ] - log mean[ w ] in nats; absent where all
   * weights are 0.
   */
  public PointEstimate klTargetPolicy() {
    double logZ = LogSpace.logSum(logWeights) - Math.log(logWeights.length);
    if (logZ == Double.NEGATIVE_INFINITY) {
      return PointEstimate.ABSENT;
    }
    double[] shares = Arrays.stream(logWeights).map(w -> Math.exp(w - logZ)).toArray(); // w / Z
    double[] terms = new double[shares.length];
    Arrays.setAll(terms, j -> LogSpace.weigh(shares[j], logRatios[j]));
    double mean = mean(terms).value();
    double[] influences = new double[shares.length]; // of each sequence on the estimate
    Arrays.setAll(influences, j -> terms[j] - (mean + 1) * shares[j]);
    return new PointEstimate(mean - logZ, mean(influences).standardError());
  }

  /** The mean over all sequences, each model having drawn a fixed number of them. */
  private PointEstimate mean(double[] values) {
    PointEstimate ofPolicy = PointEstimate.mean(Arrays.copyOf(values, fromPolicy));
    PointEstimate ofBase =
        PointEstimate.mean(Arrays.copyOfRange(values, fromPolicy, values.length));
    double share = (double) fromPolicy / values.length;
    return new PointEstimate(
        share * ofPolicy.value() + (1 - share) * ofBase.value(),
        Math.hypot(share * ofPolicy.standardError(), (1 - share) * ofBase.standardError()));
  }
}
