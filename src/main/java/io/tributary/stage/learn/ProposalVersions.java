package io.tributary.stage.learn;

import io.tributary.data.Fingerprint;
import io.tributary.data.TensorBytes;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.objective.estimate.ReplacementWindow;
import io.tributary.stage.learn.checkpoint.LearnerState;
import io.tributary.stage.learn.update.Estimators;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * The proposal, and the versions that are given to policies when they are published. No version is
 * given twice, even if the run has to be resumed from a checkpoint before it. For one thread.
 */
final class ProposalVersions {

  /**
   * The outcome of a publication.
   *
   * @param policyVersion version that the policy was given
   */
  record Judgement(ReplacementWindow.Verdict verdict, long policyVersion, boolean replaced) {}

  private final Estimators estimators;
  private final Supplier<List<TensorBytes>> policy;
  private WeightSnapshot proposal;
  private long policyVersion;
  private long proposalSince;

  /**
   * @param policy copies the policy's weights as they are now
   * @param start versions to continue with
   * @param proposal weights of the proposal
   */
  ProposalVersions(
      Estimators estimators,
      Supplier<List<TensorBytes>> policy,
      LearnerState start,
      List<TensorBytes> proposal) {
    this.estimators = estimators;
    this.policy = policy;
    this.proposal = snapshot(start.proposalVersion(), proposal);
    this.policyVersion = start.policyVersion();
    this.proposalSince = start.proposalSince();
  }

  private static WeightSnapshot snapshot(long version, List<TensorBytes> tensors) {
    return new WeightSnapshot(new WeightVersion(version, Fingerprint.of(tensors)), tensors);
  }

  WeightSnapshot proposal() {
    return proposal;
  }

  /** The step after which the proposal became one. */
  long proposalSince() {
    return proposalSince;
  }

  /** The highest version given to a policy. */
  long policyVersion() {
    return policyVersion;
  }

  /** Versions up to this one were given since the checkpoint, and are not given again. */
  void skip(long lastVersion) {
    policyVersion = Math.max(policyVersion, lastVersion);
  }

  /**
   * As {@link #judge(long)}, on sequences of the proposal drawn for this decision, which enter the
   * estimate of Z afterwards.
   *
   * @param logWeights (N), log w in nats
   * @param logPolicyRatios (N), log v in nats
   */
  Judgement judge(long step, double[] logWeights, double[] logPolicyRatios) {
    long[] versions = new long[logWeights.length];
    Arrays.fill(versions, proposal.version().number());
    estimators
        .window()
        .add(versions, logWeights, logPolicyRatios, estimators.partitionFunction().estimate());
    Judgement judgement = judge(step);
    estimators.partitionFunction().add(logWeights);
    return judgement;
  }

  /** Publishes the policy under a new version, and makes it the proposal if it is closer to p. */
  Judgement judge(long step) {
    policyVersion++;
    ReplacementWindow.Verdict verdict =
        estimators.window().decide(estimators.partitionFunction().estimate());
    boolean replaced = verdict.decision() == ReplacementWindow.Decision.ACCEPTED;
    if (replaced) {
      replaceProposal(step);
    }
    estimators.window().reset(proposal.version().number());
    return new Judgement(verdict, policyVersion, replaced);
  }

  /**
   * Publishes the policy under a new version and makes it the proposal, whichever is closer to p.
   * The window of the next decision starts empty; the estimate of Z remains.
   */
  void force(long step) {
    policyVersion++;
    replaceProposal(step);
    estimators.window().replace(policyVersion);
  }

  private void replaceProposal(long step) {
    proposal = snapshot(policyVersion, policy.get());
    proposalSince = step;
  }
}
