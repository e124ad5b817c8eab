package io.tributary.learn;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.tributary.data.BadInputException;
import io.tributary.data.Batch;
import io.tributary.data.Fingerprint;
import io.tributary.data.ScoredSequence;
import io.tributary.data.TensorBytes;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.objective.PartitionFunction;
import io.tributary.objective.ReplacementWindow;
import io.tributary.protocol.EvaluatorCommand.TargetMass;
import java.io.IOException;
import java.util.List;

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
      CheckpointStore checkpoints, JsonLines metrics, JsonLines samples, JsonLines versions) {}

  /**
   * The outcome of a publication.
   *
   * @param policyVersion version that the policy was given
   */
  record Judgement(ReplacementWindow.Verdict verdict, long policyVersion, boolean replaced) {}

  private final PolicyTrainer trainer;
  private final Files files;
  private final List<String> features;
  private final int maxNonfiniteSteps;
  private final int samplesPerInterval;
  private final String baseFingerprint;
  private WeightSnapshot proposal;
  private long step;
  private long sequences;
  private long nextDraw;
  private int nonfiniteInARow;
  private long policyVersion;
  private long proposalSince;

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
    this.features = setup.features();
    this.maxNonfiniteSteps = setup.config().learner().maxNonfiniteSteps();
    this.samplesPerInterval = setup.config().samples().perInterval();
    this.baseFingerprint = start.baseFingerprint();
    this.step = start.step();
    this.sequences = start.sequences();
    this.nextDraw = start.nextDraw();
    this.nonfiniteInARow = start.nonfiniteInARow();
    this.policyVersion = start.policyVersion();
    this.proposalSince = start.proposalSince();
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
   * @throws BadInputException if a feature that every sequence shall have occurs in none of them
   */
  void bootstrap(Batch.Bootstrap batch) {
    for (int i = 0; i < features.size(); i++) {
      int feature = i;
      if (batch.sequences().stream().noneMatch(s -> s.features()[feature] > 0)) {
        throw new BadInputException(
            "target.features: \"%s\" occurs in none of %d sequences drawn from the base model, so there is nothing to learn from; expected a feature that the base model produces now and then, or more sequences to look for it in (partition-function.bootstrap-sequences)"
                .formatted(features.get(i), batch.sequences().size()));
      }
    }
    trainer.bootstrap(batch);
    nextDraw = batch.nextDraw();
  }

  /**
   * One gradient step.
   *
   * @param progress called after every micro-batch
   * @throws IllegalStateException if too many steps in a row were not finite
   */
  PolicyTrainer.Step learn(Batch.Training batch, Runnable progress) {
    PolicyTrainer.Step result = trainer.learn(step, batch, progress);
    step++;
    sequences += batch.sequences().size();
    nextDraw = batch.nextDraw();
    nonfiniteInARow = result.finite() ? 0 : nonfiniteInARow + 1;
    if (nonfiniteInARow >= maxNonfiniteSteps) {
      throw new IllegalStateException(
          "loss or gradient was not finite in %d steps in a row, the last one step %d; a lower learner.optimizer.learning-rate or a limit on the gradient norm (learner.optimizer.max-grad-norm) may help"
              .formatted(nonfiniteInARow, step));
    }
    return result;
  }

  /** Publishes the policy under a new version, and makes it the proposal if it is closer to p. */
  Judgement judgeProposal() {
    policyVersion++;
    ReplacementWindow.Verdict verdict = trainer.window().decide(partitionFunction());
    boolean replaced = verdict.decision() == ReplacementWindow.Decision.ACCEPTED;
    if (replaced) {
      proposal = policySnapshot();
      proposalSince = step;
    }
    trainer.window().reset(proposal.version().number());
    logVersion(verdict, replaced);
    return new Judgement(verdict, policyVersion, replaced);
  }

  private void logVersion(ReplacementWindow.Verdict verdict, boolean replaced) {
    JsonObject row = new JsonObject();
    row.addProperty("step", step);
    row.addProperty("version", policyVersion);
    row.addProperty("decision", verdict.decision().name());
    if (replaced) {
      row.addProperty("fingerprint", proposal.version().fingerprint());
    }
    try {
      files.versions().add(row.toString());
    } catch (IOException e) {
      throw new IllegalStateException("a version of the policy could not be recorded", e);
    }
  }

  /** The policy as it is now, under the version given last. */
  WeightSnapshot policySnapshot() {
    List<TensorBytes> tensors = trainer.training().model().snapshot();
    return new WeightSnapshot(new WeightVersion(policyVersion, Fingerprint.of(tensors)), tensors);
  }

  /**
   * Writes a checkpoint of the present state.
   *
   * @return its size in bytes
   */
  long writeCheckpoint() throws IOException {
    return files
        .checkpoints()
        .write(
            new Checkpoint(
                state(),
                trainer.training().model().snapshot(),
                proposal.tensors(),
                trainer.training().optimizer().state()));
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
        trainer.window().state(),
        baseFingerprint);
  }

  /** Writes the first sequences of a batch for people to look at. */
  void logSamples(Batch.Training batch) throws IOException {
    for (ScoredSequence scored :
        batch.sequences().subList(0, Math.min(samplesPerInterval, batch.sequences().size()))) {
      JsonObject row = new JsonObject();
      row.addProperty("step", step);
      row.addProperty("draw", scored.sequence().draw());
      row.addProperty("index", scored.sequence().index());
      row.addProperty("proposal_version", scored.sequence().proposalVersion());
      row.addProperty("text", scored.text());
      row.addProperty("log_proposal", scored.sequence().logProposal());
      row.addProperty("weight", Math.exp(scored.logWeight()));
      JsonArray values = new JsonArray();
      JsonObject named = new JsonObject();
      for (int i = 0; i < features.size(); i++) {
        values.add(scored.features()[i]);
        named.add(features.get(i), values.get(i));
      }
      row.add("features", named);
      files.samples().add(row.toString());
    }
  }

  @Override
  public void close() {
    trainer.training().close();
    trainer.training().model().close();
  }
}
