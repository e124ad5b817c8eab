package io.tributary.objective.estimate;

import io.tributary.config.ProposalConfig;
import io.tributary.config.ProposalConfig.Criterion;
import io.tributary.data.GuidedScores;
import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.data.TargetSample;
import io.tributary.objective.estimate.ReplacementWindow.Decision;
import io.tributary.objective.estimate.ReplacementWindow.Verdict;
import java.util.List;

/**
 * Judges policies on sequences that stand for the target p and that none has learned from, with
 * weights P/q that depend on no policy. What a policy has unlearned can't be overlooked then, and
 * two policies are compared on the same sequences.
 *
 * <p>The variance of what is learned from a proposal q follows E_p[ P/q ] = Z (1 + chi^2(p||q)) of
 * the tokens that decide P/a, not KL(p||q): what comes behind them hardly adds to it. It decides
 * how strongly a proposal is guided, and a proposal is not replaced by one that has a larger one,
 * however close to p the policy is.
 */
public final class HeldOut {
  private static final double STRONGEST = 8; // nats
  private static final double STRENGTH_STEP = 0.25;

  private final double[] logTargets;
  private final double[] logWeights;
  private final double[] logDecided;
  private final int[] decidedAt;
  private final ProposalConfig config;

  /**
   * How a policy stands on the sequences.
   *
   * @param logPolicies (N), log pi in nats
   * @param guideStrength with which it makes the best proposal, in nats
   * @param logSecondMoment log E_p[ P/q ] in nats, up to the decision, for the policy as a proposal
   *     q with this guide
   */
  public record Standing(List<Double> logPolicies, double guideStrength, double logSecondMoment) {

    private double[] logProbs() {
      return logPolicies.stream().mapToDouble(Double::doubleValue).toArray();
    }
  }

  /**
   * @param sample N sequences
   * @param config criterion, and the standard errors by which a policy must be closer
   */
  public HeldOut(TargetSample sample, ProposalConfig config) {
    this.logTargets = sample.logTargets();
    this.logWeights = sample.logWeights();
    this.logDecided = sample.logDecided();
    this.decidedAt = sample.decidedAt();
    this.config = config;
  }

  /** Whether there are enough sequences to judge a policy on. */
  public boolean isEnough() {
    return Divergences.isEnough(logWeights);
  }

  /**
   * How a policy stands, as it scores the sequences.
   *
   * @param scores (N)
   */
  public Standing standing(List<GuidedScores> scores) {
    double best = 0;
    double least = logSecondMoment(scores, 0);
    boolean guided = scores.stream().anyMatch(GuidedScores::isGuided);
    for (double beta = STRENGTH_STEP; guided && beta <= STRONGEST; beta += STRENGTH_STEP) {
      double found = logSecondMoment(scores, beta);
      if (found < least) {
        least = found;
        best = beta;
      }
    }
    return new Standing(scores.stream().map(each -> each.logProb(0)).toList(), best, least);
  }

  /** log E_p[ P/q ] up to the decision, of the policy guided with this strength. */
  private double logSecondMoment(List<GuidedScores> scores, double strength) {
    double[] terms = logDecided.clone();
    for (int i = 0; i < terms.length; i++) {
      terms[i] += logWeights[i] - scores.get(i).logProb(strength, decidedAt[i]);
    }
    return LogSpace.logSum(terms) - LogSpace.logSum(logWeights);
  }

  /** KL(p||pi) in nats. */
  public PointEstimate klTargetPolicy(Standing policy, PartitionFunctionEstimate z) {
    return Divergences.klTargetPolicyOnTarget(logTargets, logWeights, policy.logProbs(), z);
  }

  /** KL(p||pi) - KL(p||other) in nats: most of the noise of both is the same. */
  public PointEstimate klDifference(Standing policy, Standing other) {
    return PointEstimate.underPolicy(
        logWeights, LogSpace.minus(other.logProbs(), policy.logProbs()));
  }

  /** Effective sample size over sample size of draws from the policy with its guide. */
  public double effectiveSampleSizeRatio(Standing policy, PartitionFunctionEstimate z) {
    return z.isKnown() ? Math.exp(Math.min(0, z.logZ() - policy.logSecondMoment())) : Double.NaN;
  }

  /**
   * Whether a policy replaces the proposal: accepted iff it is closer to p by the configured number
   * of standard errors, and makes a proposal with no smaller effective sample size. A policy under
   * which some sequence has no finite log-probability is rejected.
   */
  public Verdict judge(Standing policy, Standing proposal, PartitionFunctionEstimate z) {
    PointEstimate d =
        config.criterion() == Criterion.TVD
            ? tvdDifference(policy, proposal, z)
            : klDifference(policy, proposal);
    return new Verdict(decision(d, policy, proposal), d, logTargets.length);
  }

  private Decision decision(PointEstimate d, Standing policy, Standing proposal) {
    if (!Double.isFinite(policy.logSecondMoment())) {
      return Decision.REJECTED;
    }
    if (!d.isPresent()) {
      return Decision.INCONCLUSIVE;
    }
    double margin = config.confidence() == 0 ? 0 : config.confidence() * d.standardError();
    if (d.value() + margin < 0) {
      return policy.logSecondMoment() <= proposal.logSecondMoment()
          ? Decision.ACCEPTED
          : Decision.REJECTED;
    }
    return d.value() >= margin ? Decision.REJECTED : Decision.INCONCLUSIVE;
  }

  /** TVD(p,pi) - TVD(p,other), where TVD(p,pi) = E_p[ max(0, 1 - pi/p) ]. */
  private PointEstimate tvdDifference(
      Standing policy, Standing other, PartitionFunctionEstimate z) {
    if (!z.isKnown()) {
      return PointEstimate.ABSENT;
    }
    double[] missing = missing(policy.logProbs(), z.logZ());
    double[] missingOfOther = missing(other.logProbs(), z.logZ());
    return PointEstimate.underPolicy(logWeights, LogSpace.minus(missing, missingOfOther));
  }

  private double[] missing(double[] logPolicies, double logZ) {
    double[] missing = new double[logPolicies.length];
    for (int i = 0; i < missing.length; i++) {
      missing[i] = Math.max(0, -Math.expm1(logPolicies[i] - logTargets[i] + logZ));
    }
    return missing;
  }
}
