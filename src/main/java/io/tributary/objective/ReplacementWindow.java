package io.tributary.objective;

import io.tributary.config.Criterion;
import io.tributary.config.ProposalConfig;
import io.tributary.objective.PairedDifference.SignedLog;
import io.tributary.objective.PartitionFunction.Estimate;

/**
 * Judges at the end of an interval whether the policy shall replace the proposal (Algorithm 1,
 * lines 6 and 7, Korbak et al. 2022, arXiv:2206.00761), on the batches learned since the last
 * decision.
 *
 * <p>Only sequences that the current proposal drew count, each judged by the policy as it was just
 * before it learned from them, so the estimate is unbiased; it is a little conservative, since the
 * policy has moved on since. The decision uses the paired difference d with its standard error.
 *
 * <p>Not thread-safe.
 */
public final class ReplacementWindow {

  /** What was decided. */
  public enum Decision {
    /** The policy is better and takes the proposal's place. */
    ACCEPTED,
    /** The policy is not better. */
    REJECTED,
    /** The window can't tell: no positive weight in it, or |d| within the asked confidence. */
    INCONCLUSIVE
  }

  /**
   * A decision and what it rests on.
   *
   * @param difference d, the policy's divergence less the proposal's, in nats for KL and in [-1, 1]
   *     for TVD; absent where nothing was measured
   * @param sequences how many the current proposal drew
   */
  public record Verdict(Decision decision, PointEstimate difference, long sequences) {}

  /**
   * What a checkpoint stores; restored from it, the window goes on bit by bit.
   *
   * @param proposalVersion version of the proposal whose sequences count
   * @param differences of the paired terms: times Z for KL
   * @param sensitivity sum of the derivatives of the terms with respect to log Z, for TVD
   * @param positive sequences of positive weight
   * @param unusable sequences on which the difference is NaN or infinite
   */
  public record State(
      long proposalVersion,
      RunningMoments differences,
      double sensitivity,
      long positive,
      long unusable) {}

  private final ProposalConfig config;
  private State state;

  private ReplacementWindow(ProposalConfig config, State state) {
    this.config = config;
    this.state = state;
  }

  /**
   * An empty window.
   *
   * @param config criterion, and the standard errors by which d must be below 0
   * @param proposalVersion version of the current proposal
   */
  public static ReplacementWindow create(ProposalConfig config, long proposalVersion) {
    return new ReplacementWindow(config, empty(proposalVersion));
  }

  /** Goes on from a checkpoint. */
  public static ReplacementWindow restore(ProposalConfig config, State state) {
    return new ReplacementWindow(config, state);
  }

  public State state() {
    return state;
  }

  /** Begins anew after a decision, with the proposal that was decided on. */
  public void reset(long proposalVersion) {
    state = empty(proposalVersion);
  }

  /**
   * Adds a batch, judged by the policy before it learned from it.
   *
   * @param proposalVersions (N), the proposal that each sequence was drawn from; others than the
   *     current one are left out
   * @param logWeights (N), log w in nats
   * @param logPolicyRatios (N), log v in nats
   * @param z the estimate of Z from the sequences before this batch
   */
  public void add(
      long[] proposalVersions, double[] logWeights, double[] logPolicyRatios, Estimate z) {
    LogSpace.requireSameLength(logWeights, logPolicyRatios);
    if (proposalVersions.length != logWeights.length) {
      throw new IllegalArgumentException(
          "%d proposal versions for %d sequences"
              .formatted(proposalVersions.length, logWeights.length));
    }
    for (int j = 0; j < logWeights.length; j++) {
      if (proposalVersions[j] == state.proposalVersion()) {
        add(logWeights[j], logPolicyRatios[j], z);
      }
    }
  }

  private void add(double logWeight, double logPolicyRatio, Estimate z) {
    boolean tvd = config.criterion() == Criterion.TVD;
    if (tvd && !z.isKnown()) {
      return; // p/q is not known
    }
    SignedLog difference =
        tvd
            ? PairedDifference.tvd(logWeight, logPolicyRatio, z.logZ())
            : PairedDifference.kl(logWeight, logPolicyRatio);
    if (Double.isNaN(logPolicyRatio) || !difference.isNumber()) {
      state =
          new State(
              state.proposalVersion(),
              state.differences(),
              state.sensitivity(),
              state.positive(),
              state.unusable() + 1);
      return;
    }
    double sensitivity =
        tvd ? PairedDifference.tvdSensitivity(logWeight, logPolicyRatio, z.logZ()) : 0;
    state =
        new State(
            state.proposalVersion(),
            state.differences().plus(difference.logMagnitude(), difference.sign()),
            state.sensitivity() + sensitivity,
            state.positive() + (logWeight > Double.NEGATIVE_INFINITY ? 1 : 0),
            state.unusable());
  }

  /**
   * d = mean[ w (log q - log pi) ] / Z for KL, which estimates KL(p||pi) - KL(p||q), or mean[ |w/Z
   * - v| - |w/Z - 1| ] / 2 for TVD, with the standard error of both the mean and Z. (Part of the
   * window is in Z by now, which makes the true error of a KL difference smaller, not larger.)
   */
  public PointEstimate difference(Estimate z) {
    long count = state.differences().count();
    if (!z.isKnown() || count == 0) {
      return PointEstimate.ABSENT;
    }
    if (config.criterion() == Criterion.TVD) {
      return state
          .differences()
          .meanInUnitsOf(0)
          .withErrorOf(state.sensitivity() / count, z.relativeStandardError());
    }
    PointEstimate d = state.differences().meanInUnitsOf(z.logZ());
    return d.withErrorOf(-d.value(), z.relativeStandardError());
  }

  /**
   * Decides: accepted iff d + confidence SE(d) &lt; 0, rejected iff d is 0 or more and not within
   * confidence SE(d) of 0. A window without a positive weight is inconclusive. A policy that gives
   * some sequence no finite log-probability is rejected, under every criterion; apart from that
   * {@link Criterion#ALWAYS} accepts whatever the window holds.
   *
   * @param z the current estimate of Z
   */
  public Verdict decide(Estimate z) {
    PointEstimate d = difference(z);
    return new Verdict(decision(d), d, state.differences().count() + state.unusable());
  }

  private Decision decision(PointEstimate d) {
    if (state.unusable() > 0) {
      return Decision.REJECTED;
    }
    if (config.criterion() == Criterion.ALWAYS) {
      return Decision.ACCEPTED;
    }
    if (state.positive() == 0 || !d.isPresent()) {
      return Decision.INCONCLUSIVE;
    }
    double margin = config.confidence() == 0 ? 0 : config.confidence() * d.standardError();
    if (d.value() + margin < 0) {
      return Decision.ACCEPTED;
    }
    return d.value() >= margin ? Decision.REJECTED : Decision.INCONCLUSIVE;
  }

  private static State empty(long proposalVersion) {
    return new State(proposalVersion, RunningMoments.EMPTY, 0, 0, 0);
  }
}
