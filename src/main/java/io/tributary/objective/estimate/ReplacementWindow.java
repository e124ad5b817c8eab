package io.tributary.objective.estimate;

import io.tributary.config.Criterion;
import io.tributary.config.ProposalConfig;
import io.tributary.data.PartitionFunctionEstimate;

/**
 * Judges at the end of an interval whether the policy shall replace the proposal (Algorithm 1,
 * lines 6 and 7, Korbak et al. 2022, arXiv:2206.00761), on the batches learned since the last
 * decision, or on sequences drawn for it.
 *
 * <p>Only sequences that the current proposal drew count, each judged by the policy as it was
 * before it learned from them, so the estimate is unbiased; on batches it is a little conservative,
 * since the policy has moved on since. The decision uses the paired difference d with its standard
 * error.
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

  private final ProposalConfig config;
  private WindowState state;

  private ReplacementWindow(ProposalConfig config, WindowState state) {
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
    return new ReplacementWindow(
        config, WindowState.empty(proposalVersion, config.criterion(), null));
  }

  /** Goes on from a checkpoint; with an empty window if it was made by another criterion. */
  public static ReplacementWindow restore(ProposalConfig config, WindowState state) {
    return new ReplacementWindow(
        config,
        state.criterion() == config.criterion()
            ? state
            : WindowState.empty(state.proposalVersion(), config.criterion(), null));
  }

  public WindowState state() {
    return state;
  }

  /** Whether it is judged on sequences drawn for it, and not on batches. */
  public boolean isFresh() {
    return config.window() == ProposalConfig.Window.FRESH;
  }

  /** Begins anew after a decision, with the proposal that was decided on. */
  public void reset(long proposalVersion) {
    boolean isReplaced = proposalVersion != state.proposalVersion();
    state =
        WindowState.empty(
            proposalVersion,
            config.criterion(),
            isReplaced && config.keepBest() ? state.divergences() : state.best());
  }

  /**
   * Begins anew with a proposal that was not decided on. What is the best so far stays: how close
   * the new one is has not been measured.
   */
  public void replace(long proposalVersion) {
    state = WindowState.empty(proposalVersion, config.criterion(), state.best());
  }

  /**
   * Adds sequences, judged by a policy that has not learned from them.
   *
   * @param proposalVersions (N), the proposal that each sequence was drawn from; others than the
   *     current one are left out
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
   * positive weight is inconclusive. A policy that gives some sequence no finite log-probability is
   * rejected, under every criterion; apart from that {@link Criterion#ALWAYS} accepts whatever the
   * window holds. Where the best is kept, a policy is rejected that is not closer to p than the one
   * that last became the proposal was found to be.
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
