package io.tributary.objective.estimate;

import io.tributary.config.ProposalConfig;
import io.tributary.config.ProposalConfig.Criterion;
import io.tributary.data.PartitionFunctionEstimate;

/**
 * Decides at the end of an interval whether the policy replaces the proposal (Algorithm 1, lines 6
 * and 7, Korbak et al. 2022, arXiv:2206.00761), on the batches learned since the last decision or
 * on sequences drawn for it.
 *
 * <p>Only sequences of the current proposal count, each scored by the policy as it was before it
 * learned from them, so the estimate is unbiased; on batches it is slightly conservative, since the
 * policy has moved on. The decision uses the paired difference d with its standard error.
 *
 * <p>Not thread-safe.
 */
public final class ReplacementWindow {

  /** The decision. */
  public enum Decision {
    /** The policy is closer to p and becomes the proposal. */
    ACCEPTED,
    /** The policy is not closer. */
    REJECTED,
    /** Undetermined: no positive weight in the window, or |d| within the configured confidence. */
    INCONCLUSIVE
  }

  /**
   * A decision and what it rests on.
   *
   * @param difference d, the policy's divergence less the proposal's, in nats for KL and in [-1, 1]
   *     for TVD; absent where nothing was measured
   * @param sequences number of sequences of the current proposal
   */
  public record Verdict(Decision decision, PointEstimate difference, long sequences) {}

  private final ProposalConfig config;
  private WindowState state;

  /** A window restored from a checkpoint; an empty one if the criterion has changed. */
  public ReplacementWindow(ProposalConfig config, WindowState state) {
    this.config = config;
    this.state =
        state.criterion() == config.criterion()
            ? state
            : WindowState.empty(state.proposalVersion(), config.criterion(), null);
  }

  /**
   * An empty window.
   *
   * @param config criterion, and the standard errors by which d must be below 0
   * @param proposalVersion version of the current proposal
   */
  public static ReplacementWindow create(ProposalConfig config, long proposalVersion) {
    return new ReplacementWindow(
        config, WindowState.empty(proposalVersion, config.criterion(), null));
  }

  public WindowState state() {
    return state;
  }

  /** Whether the decision rests on sequences drawn for it rather than on batches. */
  public boolean isFresh() {
    return config.window() == ProposalConfig.Window.FRESH;
  }

  /** Begins a new window after a decision, with the proposal that it led to. */
  public void reset(long proposalVersion) {
    boolean isReplaced = proposalVersion != state.proposalVersion();
    state =
        WindowState.empty(
            proposalVersion,
            config.criterion(),
            isReplaced && config.keepBest() ? state.divergences() : state.best());
  }

  /**
   * Begins a new window with a proposal that was not decided on. The best so far remains, since the
   * divergence of the new one has not been measured.
   */
  public void replace(long proposalVersion) {
    state = WindowState.empty(proposalVersion, config.criterion(), state.best());
  }

  /**
   * Adds sequences, scored by a policy that has not learned from them.
   *
   * @param proposalVersions (N), the proposal that each sequence was drawn from; those of other
   *     proposals than the current one are ignored
   * @param logWeights (N), log w in nats
   * @param logPolicyRatios (N), log v in nats
   * @param z the estimate of Z from the sequences before this batch
   */
  public void add(
      long[] proposalVersions,
      double[] logWeights,
      double[] logPolicyRatios,
      PartitionFunctionEstimate z) {
    LogSpace.requireSameLength(logWeights, logPolicyRatios);
    if (proposalVersions.length != logWeights.length) {
      throw new IllegalArgumentException(
          "%d proposal versions for %d sequences"
              .formatted(proposalVersions.length, logWeights.length));
    }
    for (int j = 0; j < logWeights.length; j++) {
      if (proposalVersions[j] == state.proposalVersion()) {
        state = state.plus(logWeights[j], logPolicyRatios[j], z);
      }
    }
  }

  /**
   * Decides: accepted iff d + confidence SE(d) &lt; 0, rejected iff d is 0 or more and not within
   * confidence SE(d) of 0, where SE(d) of KL is that of the mean without 1/Z. A window without a
   * positive weight is inconclusive. A policy under which some sequence has no finite
   * log-probability is rejected under every criterion; otherwise {@link Criterion#ALWAYS} accepts.
   * If the best is kept, a policy is rejected unless it is closer to p than the one that last
   * became the proposal was measured to be.
   *
   * @param z the current estimate of Z
   */
  public Verdict decide(PartitionFunctionEstimate z) {
    PointEstimate d = state.difference(z);
    return new Verdict(decision(d), d, state.sequences());
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
    double margin = config.confidence() == 0 ? 0 : config.confidence() * state.errorOfSign(d);
    if (d.value() + margin < 0) {
      return !config.keepBest() || state.isBest() ? Decision.ACCEPTED : Decision.REJECTED;
    }
    return d.value() >= margin ? Decision.REJECTED : Decision.INCONCLUSIVE;
  }
}
