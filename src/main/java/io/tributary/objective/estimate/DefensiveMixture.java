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

    int size() {
      return logTargets.length;
    }
  }

  private final Part policy;
  private final Part base;
  private final double[] logWeights; // log P - log m: of the policy's sequences, then of the base's

  /**
   * The mixture of both, each with its share of the sequences.
   *
   * @param policy sequences drawn from pi
   * @param base sequences drawn from a
   */
  public DefensiveMixture(Part policy, Part base) {
    this.policy = policy;
    this.base = base;
    this.logWeights = DoubleStream.concat(weights(policy), weights(base)).toArray();
  }

  private DoubleStream weights(Part part) {
    double logPolicyShare = Math.log((double) policy.size() / size());
    double logBaseShare = Math.log((double) base.size() / size());
    double[] weights = new double[part.size()];
    for (int j = 0; j < weights.length; j++) {
      double logMixture =
          LogSpace.logSum(
              new double[] {
                logPolicyShare + part.logPolicies()[j], logBaseShare + part.logBases()[j]
              });
      weights[j] = part.logTargets()[j] - logMixture;
    }
    return Arrays.stream(weights);
  }

  private int size() {
    return policy.size() + base.size();
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
    double logZ = LogSpace.logSum(logWeights) - Math.log(size());
    if (logZ == Double.NEGATIVE_INFINITY) {
      return PointEstimate.ABSENT;
    }
    double[] shares = Arrays.stream(logWeights).map(w -> Math.exp(w - logZ)).toArray(); // w / Z
    double[] logRatios = // log P - log pi
        DoubleStream.concat(logRatios(policy), logRatios(base)).toArray();
    double[] terms = new double[size()];
    Arrays.setAll(terms, j -> LogSpace.weigh(shares[j], logRatios[j]));
    double mean = mean(terms).value();
    double[] influences = new double[size()]; // of each sequence on the estimate
    Arrays.setAll(influences, j -> terms[j] - (mean + 1) * shares[j]);
    return new PointEstimate(mean - logZ, mean(influences).standardError());
  }

  private static DoubleStream logRatios(Part part) {
    double[] ratios = new double[part.size()];
    Arrays.setAll(ratios, j -> part.logTargets()[j] - part.logPolicies()[j]);
    return Arrays.stream(ratios);
  }

  /** The mean over all sequences, each model having drawn a fixed number of them. */
  private PointEstimate mean(double[] values) {
    PointEstimate ofPolicy = PointEstimate.mean(Arrays.copyOf(values, policy.size()));
    PointEstimate ofBase =
        PointEstimate.mean(Arrays.copyOfRange(values, policy.size(), values.length));
    double share = (double) policy.size() / size();
    return new PointEstimate(
        share * ofPolicy.value() + (1 - share) * ofBase.value(),
        Math.hypot(share * ofPolicy.standardError(), (1 - share) * ofBase.standardError()));
  }
}
