package io.tributary.stage.learn;

import io.tributary.config.ProposalConfig;
import io.tributary.data.Batch;
import io.tributary.data.DrawOrder;
import io.tributary.data.Fingerprint;
import io.tributary.data.LearnedSequence;
import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.data.RunFailedException;
import io.tributary.data.ScoredDraw;
import io.tributary.data.TargetSample;
import io.tributary.data.TensorBytes;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.model.SequenceScores;
import io.tributary.model.ValueHead;
import io.tributary.model.guide.TokenGuide;
import io.tributary.objective.estimate.BestPolicy;
import io.tributary.objective.estimate.HeldOut.Standing;
import io.tributary.objective.estimate.ReplacementWindow;
import io.tributary.protocol.LearnerCommand.LearnerSettings;
import io.tributary.protocol.LearnerEvent.ProposalJudged;
import io.tributary.stage.learn.checkpoint.Checkpoint;
import io.tributary.stage.learn.checkpoint.LearnerState;
import io.tributary.stage.learn.checkpoint.LearnerState.PendingWork;
import io.tributary.stage.learn.checkpoint.RunIdentity;
import io.tributary.stage.learn.update.PolicyTrainer;
import io.tributary.stage.learn.update.PolicyTrainer.Estimators;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.fit.FeatureSample;
import io.tributary.target.fit.HardConstraints;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a training run and its transitions: steps, publications, checkpoints. Not
 * thread-safe.
 *
 * <p>A policy is given a version when it is published. No version is given twice, even if the run
 * has to be resumed from a checkpoint before it.
 */
public final class TrainingRun implements AutoCloseable {
  private final PolicyTrainer trainer;
  private final Estimators estimators;
  private final LearnerFiles files;
  private final EnergyBasedModel target;
  private final List<String> features;
  private final int maxNonfiniteSteps;
  private final int[] prefix;
  private final int windowSequences;
  private final String keyOfMostBootstrapSequences;
  private final SequenceScores policyScores;
  private final ProposalConfig proposalConfig;
  private final TokenGuide guide;
  private final RunIdentity identity;
  private WeightSnapshot proposal;
  private long proposalSince; // step after which it became the proposal
  private long policyVersion; // the highest given to a policy
  private long step;
  private long sequences;
  private long nextDraw;
  private int nonfiniteInARow;
  private PendingWork pendingWork;
  private @Nullable Double divergence; // in nats, of this step's evaluation
  private TargetSample targetSample;
  private @Nullable HeldOutJudge judge; // null where proposals are judged otherwise
  private @Nullable Standing standing; // of the proposal, where there is a judge
  private @Nullable BestPolicy best; // published so far, where there is a judge

  /**
   * A run at its beginning or at a checkpoint.
   *
   * @param start counters, and the proposal's version
   * @param proposal weights of the proposal
   */
  TrainingRun(
      LearnerSetup setup, PolicyTrainer trainer, LearnerState start, List<TensorBytes> proposal) {
    this.trainer = trainer;
    this.estimators = trainer.estimators();
    this.files = setup.files();
    this.target = setup.target();
    this.features = setup.features();
    this.maxNonfiniteSteps = setup.config().learner().maxNonfiniteSteps();
    this.prefix = setup.prefix();
    this.windowSequences = setup.config().proposal().windowSequences();
    this.keyOfMostBootstrapSequences = setup.config().partitionFunction().keyOfMostSequences();
    this.policyScores =
        new SequenceScores(trainer.training().model(), setup.config().samplers().batchSize());
    this.proposalConfig = setup.config().proposal();
    this.guide = setup.guide();
    this.identity = start.identity();
    this.standing = start.standing();
    this.best = start.best();
    this.proposal =
        snapshot(
            start.proposalVersion(), proposal, standing == null ? 0 : standing.guideStrength());
    this.proposalSince = start.proposalSince();
    this.policyVersion = Math.max(start.policyVersion(), files.lastVersion());
    this.step = start.step();
    this.sequences = start.sequences();
    this.nextDraw = start.nextDraw();
    this.nonfiniteInARow = start.nonfiniteInARow();
    this.pendingWork = start.pendingWork();
    this.divergence = start.divergence();
    hold(isBegun() ? files.target().read() : TargetSample.EMPTY);
  }

  private static WeightSnapshot snapshot(
      long version, List<TensorBytes> tensors, double guideStrength) {
    return new WeightSnapshot(
        new WeightVersion(version, Fingerprint.of(tensors)), tensors, guideStrength);
  }

  private void hold(TargetSample sample) {
    targetSample = sample;
    HeldOutJudge made = HeldOutJudge.of(sample, proposalConfig, policyScores, prefix, guide);
    boolean judges =
        proposalConfig.window() == ProposalConfig.Window.HELD_OUT && made.heldOut().isEnough();
    judge = judges ? made : null;
  }

  long step() {
    return step;
  }

  /** Sequences learned from. */
  long sequences() {
    return sequences;
  }

  /** Whether Z has been estimated, so that a checkpoint is of use. */
  boolean isBegun() {
    return nextDraw > 0;
  }

  PendingWork pendingWork() {
    return pendingWork;
  }

  void pendingWork(PendingWork work) {
    pendingWork = work;
  }

  /** Sequences that stand for the target; empty before Z has been estimated. */
  TargetSample targetSample() {
    return targetSample;
  }

  WeightSnapshot proposal() {
    return proposal;
  }

  LearnerFiles files() {
    return files;
  }

  PartitionFunctionEstimate partitionFunction() {
    return estimators.partitionFunction().estimate();
  }

  /**
   * Estimates Z from the first draws, and judges the base model as a proposal where it can.
   *
   * @param progress called after every group of sequences that the policy scores at once
   * @throws io.tributary.data.BadInputException if hard constraints hold in none of them
   */
  void bootstrap(Batch.Bootstrap batch, Runnable progress) {
    FeatureSample sample = new FeatureSample();
    batch.sequences().forEach(scored -> sample.add(scored.features()));
    HardConstraints.require(target, sample, keyOfMostBootstrapSequences);
    trainer.bootstrap(batch);
    hold(TargetSample.of(batch.sequences()));
    files.target().write(targetSample);
    standing = judge == null ? null : judge.standing(progress);
    best = standing == null ? null : BestPolicy.first(step, standing);
    nextDraw = batch.nextDraw();
  }

  /** Makes the base model the proposal anew, with a guide; null if none makes it a better one. */
  @Nullable ProposalJudged guideProposal() {
    if (standing == null || standing.guideStrength() == 0) {
      return null;
    }
    policyVersion++;
    replaceProposal(standing);
    estimators.window().replace(policyVersion);
    return judged(ProposalJudged.GUIDED, Double.NaN, standing);
  }

  /** One step; {@code progress} is called after every micro-batch. */
  PolicyTrainer.Step learn(Batch.Training batch, Runnable progress) {
    PolicyTrainer.Step result = trainer.learn(step, batch, progress);
    step++;
    sequences += batch.sequences().size();
    nextDraw = batch.nextDraw();
    divergence = null;
    nonfiniteInARow = result.finite() ? 0 : nonfiniteInARow + 1;
    return result;
  }

  /**
   * @throws RunFailedException if loss or gradient was not finite in too many steps in a row
   */
  void requireFiniteSteps() {
    if (nonfiniteInARow >= maxNonfiniteSteps) {
      throw new RunFailedException(
          "loss or gradient was not finite in %d steps in a row, the last one step %d; a lower learner.optimizer.learning-rate or a limit on the gradient norm (learner.optimizer.max-grad-norm) may help, and objective.normalise-by-z = true where P is very large"
              .formatted(nonfiniteInARow, step));
    }
  }

  /** Whether a decision on the proposal needs sequences that are drawn for it. */
  boolean awaitsFreshWindow() {
    return estimators.window().isFresh();
  }

  /** What to draw for a decision on the proposal. */
  DrawOrder windowOrder() {
    return new DrawOrder(
        step, proposal.version().number(), DrawOrder.Purpose.WINDOW, windowSequences);
  }

  /**
   * As {@link #judgeProposal(Runnable)}, on sequences of the proposal drawn for this decision,
   * which enter the estimate of Z afterwards.
   *
   * @param progress called after every group of sequences that the policy scores at once
   */
  ProposalJudged judgeProposal(ScoredDraw window, Runnable progress) {
    JudgedWindow judgedOn = JudgedWindow.of(window, policyScores, prefix, progress);
    estimators
        .window()
        .add(
            judgedOn.versions(),
            judgedOn.logWeights(),
            judgedOn.logPolicyRatios(),
            partitionFunction());
    ProposalJudged judged = judgeProposal(progress);
    estimators.partitionFunction().add(judgedOn.logWeights());
    return judged;
  }

  /**
   * Publishes the policy under a new version, and makes it the proposal if it is closer to p.
   *
   * @param progress called after every group of sequences that the policy scores at once
   */
  ProposalJudged judgeProposal(Runnable progress) {
    policyVersion++;
    Standing ofPolicy = judge == null ? null : judge.standing(progress);
    ReplacementWindow.Verdict verdict =
        judge == null || ofPolicy == null || standing == null
            ? estimators.window().decide(partitionFunction())
            : judge.heldOut().judge(ofPolicy, standing, partitionFunction());
    if (verdict.decision() == ReplacementWindow.Decision.ACCEPTED) {
      replaceProposal(ofPolicy);
    }
    estimators.window().reset(proposal.version().number());
    return judged(verdict.decision().name(), verdict.difference().value(), ofPolicy);
  }

  /**
   * Publishes the policy under a new version and makes it the proposal, whichever is closer to p.
   * The window of the next decision starts empty; the estimate of Z remains.
   */
  ProposalJudged forceProposal() {
    policyVersion++;
    Standing ofPolicy = judge == null ? null : judge.standing(() -> {});
    replaceProposal(ofPolicy);
    estimators.window().replace(policyVersion);
    return judged(ProposalJudged.FORCED, Double.NaN, ofPolicy);
  }

  private ProposalJudged judged(String decision, double difference, @Nullable Standing ofPolicy) {
    return new ProposalJudged(
        step,
        policyVersion,
        proposal.version().number(),
        decision,
        difference,
        proposal.guideStrength(),
        measure(ofPolicy));
  }

  /** Measures the policy just published where there is a judge. */
  private Measurements measure(@Nullable Standing ofPolicy) {
    if (judge == null || ofPolicy == null || standing == null) {
      return new Measurements();
    }
    best =
        best == null
            ? BestPolicy.first(step, ofPolicy)
            : best.after(step, ofPolicy, judge.heldOut());
    return PublicationMeasurements.of(
        judge.heldOut(), ofPolicy, standing, best, partitionFunction());
  }

  private void replaceProposal(@Nullable Standing ofPolicy) {
    standing = ofPolicy;
    proposal = snapshot(policyVersion, policy(), ofPolicy == null ? 0 : ofPolicy.guideStrength());
    proposalSince = step;
  }

  void adjust(LearnerSettings settings) {
    trainer.adjust(settings.learningRate(), settings.gradientVarianceInterval());
  }

  List<TensorBytes> policy() {
    return trainer.training().model().snapshot();
  }

  /** A checkpoint of the current state: a copy, which further steps do not change. */
  Checkpoint checkpoint() {
    return new Checkpoint(
        trainer.training().model().config(),
        state(),
        policy(),
        proposal.tensors(),
        trainer.training().optimizer().state(),
        valueHead());
  }

  /** The policy of this step was evaluated. */
  void evaluated(Measurements measurements) {
    double kl = measurements.get(Metric.KL_NATS, Pair.P_PI);
    divergence = Double.isFinite(kl) ? kl : null;
  }

  /** Whether the policy was evaluated at this step and is one of the best so far. */
  boolean isAmongTheBest() {
    Double found = divergence;
    return found != null && files.checkpoints().ranks(state().rank());
  }

  private List<TensorBytes> valueHead() {
    ValueHead head = trainer.training().valueHead();
    return head == null ? List.of() : head.snapshot();
  }

  private LearnerState state() {
    return new LearnerState(
        step,
        sequences,
        nextDraw,
        trainer.training().optimizer().updates(),
        nonfiniteInARow,
        policyVersion,
        proposal.version().number(),
        proposalSince,
        estimators.partitionFunction().state(),
        estimators.signals().state(),
        estimators.window().state(),
        estimators.tails().state(),
        estimators.control().state(),
        estimators.clipped().state(),
        target.lambdas(),
        estimators.penalty().state(),
        pendingWork,
        standing,
        best,
        divergence,
        identity);
  }

  /** The first sequences, {@code most} at most, of the batch that was just learned from. */
  List<LearnedSequence> learned(Batch.Training batch, int most) {
    return batch.sequences().stream()
        .limit(most)
        .map(scored -> LearnedSequence.of(step, scored, features))
        .toList();
  }

  @Override
  public void close() {
    trainer.close();
    trainer.training().model().close();
  }
}
