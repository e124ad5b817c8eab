package io.tributary.objective.estimate;

import io.tributary.config.ProposalConfig;
import io.tributary.config.ProposalConfig.Criterion;
import io.tributary.data.GuidedScores;
import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.data.TargetSample;
import io.tributary.objective.estimate.ReplacementWindow.Decision;
import io.tributary.objective.estimate.ReplacementWindow.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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

  /** A sequence is hardly drawn where p is more than this many times as likely as q. */
  private static final double HARDLY_DRAWN = 100;

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
   * @param logDecidedWeights (N), log( P/q ) of it in nats, up to the decision; null in a
   *     checkpoint of an earlier version
   */
  public record Standing(
      List<Double> logPolicies,
      double guideStrength,
      double logSecondMoment,
      @Nullable List<Double> logDecidedWeights) {

    private double[] logProbs() {
      return array(logPolicies);
    }
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
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
    double least = logSecondMoment(logDecidedWeights(scores, 0));
    boolean guided = scores.stream().anyMatch(GuidedScores::isGuided);
    for (double beta = STRENGTH_STEP; guided && beta <= STRONGEST; beta += STRENGTH_STEP) {
      double found = logSecondMoment(logDecidedWeights(scores, beta));
      if (found < least) {
        least = found;
        best = beta;
      }
    }
    return new Standing(
        scores.stream().map(each -> each.logProb(0)).toList(),
        best,
        least,
        list(logDecidedWeights(scores, best)));
  }

  /** (N), log( P/q ) up to the decision, of the policy guided with this strength. */
  private double[] logDecidedWeights(List<GuidedScores> scores, double strength) {
    double[] logs = logDecided.clone();
    for (int i = 0; i < logs.length; i++) {
      logs[i] -= scores.get(i).logProb(strength, decidedAt[i]);
    }
    return logs;
  }

  /** log E_p[ P/q ] from log( P/q ). */
  private double logSecondMoment(double[] logDecidedWeights) {
    double[] terms = logDecidedWeights.clone();
    Arrays.setAll(terms, i -> terms[i] + logWeights[i]);
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
   * Share of p that the policy with its guide hardly draws: where P/q is more than {@value
   * #HARDLY_DRAWN} Z up to the decision. NaN where it is unknown.
   */
  public double missedShare(Standing policy, PartitionFunctionEstimate z) {
    List<Double> logs = policy.logDecidedWeights();
    if (logs == null || !z.isKnown()) {
      return Double.NaN;
    }
    double bound = z.logZ() + Math.log(HARDLY_DRAWN);
    double[] missed =
        IntStream.range(0, logWeights.length)
            .filter(i -> !(logs.get(i) <= bound))
            .mapToDouble(i -> logWeights[i])
            .toArray();
    return Math.exp(LogSpace.logSum(missed) - LogSpace.logSum(logWeights));
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
