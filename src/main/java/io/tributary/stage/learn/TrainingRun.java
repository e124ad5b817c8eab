package io.tributary.stage.learn;

import com.google.gson.JsonObject;
import io.tributary.data.Batch;
import io.tributary.data.Fingerprint;
import io.tributary.data.LearnedSequence;
import io.tributary.data.RunFailedException;
import io.tributary.data.ScoredSequence;
import io.tributary.data.TensorBytes;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.io.JsonLines;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.metrics.SampleRow;
import io.tributary.model.ValueHead;
import io.tributary.objective.estimate.PartitionFunction;
import io.tributary.objective.estimate.ReplacementWindow;
import io.tributary.protocol.EvaluatorCommand.TargetMass;
import io.tributary.protocol.LearnerSettings;
import io.tributary.stage.learn.checkpoint.Checkpoint;
import io.tributary.stage.learn.checkpoint.CheckpointStore;
import io.tributary.stage.learn.checkpoint.LearnerState;
import io.tributary.stage.learn.checkpoint.Owed;
import io.tributary.stage.learn.checkpoint.RunIdentity;
import io.tributary.stage.learn.update.PolicyTrainer;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.lambda.FeatureSample;
import io.tributary.target.lambda.HardConstraints;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of a training run and what changes it: steps, versions of weights, checkpoints. For one
 * thread.
 */
public final class TrainingRun implements AutoCloseable {

  /**
   * Where a run writes.
   *
   * @param metrics rows of steps and evaluations
   * @param samples sequences for people to look at
   * @param versions every version given to a policy
   */
  public record Files(
      CheckpointStore checkpoints, JsonLines metrics, JsonLines samples, JsonLines versions) {

    /**
     * Writes a checkpoint; the rows of its steps are on disk before it is.
     *
     * @return its size in bytes
     */
    public long write(Checkpoint checkpoint) throws IOException {
      metrics.flush();
      versions.flush();
      return checkpoints.write(checkpoint);
    }
  }

  /**
   * The outcome of a publication.
   *
   * @param policyVersion version that the policy was given
   */
  record Judgement(ReplacementWindow.Verdict verdict, long policyVersion, boolean replaced) {}

  private final PolicyTrainer trainer;
  private final Files files;
  private final EnergyBasedModel target;
  private final List<String> features;
  private final int maxNonfiniteSteps;
  private int samplesPerInterval;
  private final RunIdentity identity;
  private WeightSnapshot proposal;
  private long step;
  private long sequences;
  private long nextDraw;
  private int nonfiniteInARow;
  private long policyVersion;
  private long proposalSince;
  private Owed owed;
  private @Nullable Double divergence; // in nats, of this very step

  /**
   * A run at its beginning or at a checkpoint.
   *
   * @param start counters, and the proposal's version
   * @param proposal weights of the proposal
   */
  TrainingRun(
      RunSetup setup, PolicyTrainer trainer, LearnerState start, List<TensorBytes> proposal) {
    this.trainer = trainer;
    this.files = setup.files();
    this.target = setup.target();
    this.features = setup.names();
    this.maxNonfiniteSteps = setup.config().learner().maxNonfiniteSteps();
    this.samplesPerInterval = setup.config().samples().perInterval();
    this.identity = start.identity();
    this.step = start.step();
    this.sequences = start.sequences();
    this.nextDraw = start.nextDraw();
    this.nonfiniteInARow = start.nonfiniteInARow();
    this.policyVersion = start.policyVersion();
    this.proposalSince = start.proposalSince();
    this.owed = start.owed();
    this.divergence = start.divergence();
    this.proposal =
        new WeightSnapshot(
            new WeightVersion(start.proposalVersion(), Fingerprint.of(proposal)), proposal);
  }

  long step() {
    return step;
  }

  /** Whether Z has been estimated, so that there is something to go on from. */
  boolean isBegun() {
    return nextDraw > 0;
  }

  /** What the last step still waits for. */
  Owed owed() {
    return owed;
  }

  /** The last step waits for this from now on. */
  void owes(Owed what) {
    owed = what;
  }

  /** Versions up to this one were given away since the checkpoint, and are not given again. */
  void skipVersions(long lastVersion) {
    policyVersion = Math.max(policyVersion, lastVersion);
  }

  long sequences() {
    return sequences;
  }

  WeightSnapshot proposal() {
    return proposal;
  }

  Files files() {
    return files;
  }

  JsonLines metricsLog() {
    return files.metrics();
  }

  PartitionFunction.Estimate partitionFunction() {
    return trainer.partitionFunction().estimate();
  }

  TargetMass targetMass() {
    PartitionFunction.Estimate z = partitionFunction();
    return new TargetMass(z.logZ(), z.relativeStandardError(), z.count(), z.positive());
  }

  /**
   * Estimates Z from the first draws.
   *
   * @throws io.tributary.data.BadInputException if hard constraints hold in none of them
   */
  void bootstrap(Batch.Bootstrap batch) {
    FeatureSample sample = new FeatureSample();
    batch.sequences().forEach(scored -> sample.add(scored.features()));
    HardConstraints.require(target, sample, "partition-function.bootstrap-sequences");
    trainer.bootstrap(batch);
    nextDraw = batch.nextDraw();
  }

  /**
   * One step.
   *
   * @param progress called after every micro-batch
   */
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
   * Gives up after too many steps that were skipped.
   *
   * @throws RunFailedException if loss or gradient was not finite in too many steps in a row
   */
  void requireFiniteSteps() {
    if (nonfiniteInARow >= maxNonfiniteSteps) {
      throw new RunFailedException(
          "loss or gradient was not finite in %d steps in a row, the last one step %d; a lower learner.optimizer.learning-rate or a limit on the gradient norm (learner.optimizer.max-grad-norm) may help, and objective.normalise-by-z = true where P is very large"
              .formatted(nonfiniteInARow, step));
    }
  }

  /** Whether a decision on the proposal waits for sequences that are drawn for it. */
  boolean awaitsFreshWindow() {
    return trainer.estimators().window().isFresh();
  }

  /**
   * Judges the policy on sequences of the proposal that were drawn for it, then lets them enter the
   * estimate of Z, as {@link #judgeProposal()} does on the batches learned.
   *
   * @param logWeights (N), log w in nats
   * @param logPolicyRatios (N), log v in nats
   */
  Judgement judgeProposal(double[] logWeights, double[] logPolicyRatios) {
    long[] versions = new long[logWeights.length];
    Arrays.fill(versions, proposal.version().number());
    trainer.estimators().window().add(versions, logWeights, logPolicyRatios, partitionFunction());
    Judgement judgement = judgeProposal();
    trainer.partitionFunction().add(logWeights);
    return judgement;
  }

  /** Publishes the policy under a new version, and makes it the proposal if it is closer to p. */
  Judgement judgeProposal() {
    policyVersion++;
    ReplacementWindow.Verdict verdict = trainer.estimators().window().decide(partitionFunction());
    boolean replaced = verdict.decision() == ReplacementWindow.Decision.ACCEPTED;
    if (replaced) {
      replaceProposal();
    }
    trainer.estimators().window().reset(proposal.version().number());
    return new Judgement(verdict, policyVersion, replaced);
  }

  /**
   * Publishes the policy under a new version and makes it the proposal, without asking which is
   * closer to p. The window of the next decision begins anew; Z is what it was.
   */
  void forceProposal() {
    policyVersion++;
    replaceProposal();
    trainer.estimators().window().replace(policyVersion);
  }

  private void replaceProposal() {
    List<TensorBytes> tensors = policy();
    proposal =
        new WeightSnapshot(new WeightVersion(policyVersion, Fingerprint.of(tensors)), tensors);
    proposalSince = step;
  }

  /**
   * Records a publication, so that its version is never given again.
   *
   * @param decision what was decided on its becoming the proposal
   */
  void logVersion(String decision) throws IOException {
    JsonObject row = new JsonObject();
    row.addProperty("step", step);
    row.addProperty("version", policyVersion);
    row.addProperty("decision", decision);
    if (proposal.version().number() == policyVersion) {
      row.addProperty("fingerprint", proposal.version().fingerprint());
    }
    files.versions().add(row.toString());
  }

  /** Goes on with these settings. */
  void adjust(LearnerSettings settings) {
    samplesPerInterval = settings.samplesPerInterval();
    trainer.adjust(settings.learningRate(), settings.gradientVarianceInterval());
  }

  /** The policy's weights as they are now. */
  List<TensorBytes> policy() {
    return trainer.training().model().snapshot();
  }

  /** A checkpoint of the present state: a copy, which the next step leaves as it is. */
  Checkpoint checkpoint() {
    return new Checkpoint(
        trainer.training().model().config(),
        state(),
        policy(),
        proposal.tensors(),
        trainer.training().optimizer().state(),
        valueHead());
  }

  /** The policy of this step was measured on samples of its own. */
  void evaluated(Measurements measurements) {
    double kl = measurements.get(Metric.KL_NATS, Pair.P_PI);
    divergence = Double.isFinite(kl) ? kl : null;
  }

  /** Whether the policy is one of the best so far, and was found to be so at this step. */
  boolean isAmongTheBest() {
    Double found = divergence;
    return found != null && files.checkpoints().ranks(found);
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
        trainer.partitionFunction().state(),
        trainer.estimators().signals().state(),
        trainer.estimators().window().state(),
        trainer.estimators().tails().state(),
        target.lambdas(),
        trainer.estimators().penalty().state(),
        owed,
        divergence,
        identity);
  }

  /** The first sequences of a batch that was just learned, for people to look at. */
  List<LearnedSequence> learned(Batch.Training batch, int most) {
    return batch.sequences().stream().limit(most).map(this::learned).toList();
  }

  private LearnedSequence learned(ScoredSequence scored) {
    Map<String, Double> named = new LinkedHashMap<>();
    for (int i = 0; i < features.size(); i++) {
      named.put(features.get(i), scored.features()[i]);
    }
    return new LearnedSequence(
        step,
        scored.sequence().draw(),
        scored.sequence().index(),
        scored.sequence().proposalVersion(),
        scored.text(),
        scored.sequence().logProposal(),
        scored.logWeight(),
        named);
  }

  /** Writes the first sequences of a batch for people to look at. */
  void logSamples(Batch.Training batch) throws IOException {
    for (LearnedSequence sequence : learned(batch, samplesPerInterval)) {
      files.samples().add(SampleRow.of(sequence).toString());
    }
  }

  @Override
  public void close() {
    trainer.training().close();
    trainer.training().model().close();
  }
}
