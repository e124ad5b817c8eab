package io.tributary.learn;

import ai.djl.Device;
import io.tributary.config.LearnerConfig;
import io.tributary.config.ObjectiveConfig;
import io.tributary.config.OptimizerConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.data.BadInputException;
import io.tributary.data.Fingerprint;
import io.tributary.data.TensorBytes;
import io.tributary.model.Gpt;
import io.tributary.model.GptConfig;
import io.tributary.model.GptTraining;
import io.tributary.objective.Gdc;
import io.tributary.objective.GdcPlusPlus;
import io.tributary.objective.Objective;
import io.tributary.objective.PartitionFunction;
import io.tributary.objective.ReplacementWindow;
import io.tributary.tensor.AdamW;
import io.tributary.tensor.LearningRate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * What a run is made of, and its beginning or going on.
 *
 * @param model shape of the model
 * @param base weights of the base model
 * @param device where the policy is trained
 * @param prefix tokens that every sequence follows
 * @param features names of the target's features, in their order
 * @param config the run's configuration
 * @param files where it writes
 */
public record RunSetup(
    GptConfig model,
    List<TensorBytes> base,
    Device device,
    int[] prefix,
    List<String> features,
    TributaryConfig config,
    TrainingRun.Files files) {
  private static final long FIRST_VERSION = 1;

  /**
   * A new run: policy and proposal are the base model. What one that made no checkpoint has left in
   * the logs is cut off.
   *
   * @throws UncheckedIOException if the logs can't be cut
   */
  public TrainingRun begin() {
    ReplacementWindow window = ReplacementWindow.create(config.proposal(), FIRST_VERSION);
    PartitionFunction z = PartitionFunction.create();
    LearnerState start =
        new LearnerState(
            0,
            0,
            0,
            0,
            0,
            FIRST_VERSION,
            FIRST_VERSION,
            0,
            z.state(),
            window.state(),
            Fingerprint.of(base));
    PolicyTrainer trainer = trainer(base, z, window);
    TrainingRun run = new TrainingRun(this, trainer, start, base);
    run.skipVersions(cutLogsAfter(-1));
    return run;
  }

  /**
   * Checks that a checkpoint is one of this base model.
   *
   * @throws BadInputException if it is not
   */
  public void requireSameBase(Checkpoint checkpoint) {
    LearnerState state = checkpoint.state();
    String fingerprint = Fingerprint.of(base);
    if (!fingerprint.equals(state.baseFingerprint())) {
      throw new BadInputException(
          "model.base: the checkpoint of step %d was made with another base model (weights %.12s…, these are %.12s…); expected the model that the run was started with"
              .formatted(state.step(), state.baseFingerprint(), fingerprint));
    }
  }

  /**
   * A run that goes on from a checkpoint; rows of later steps are cut off its logs, checkpoints of
   * later steps are put aside.
   *
   * @throws BadInputException if the checkpoint is one of another base model
   * @throws UncheckedIOException if the logs can't be cut
   */
  public TrainingRun resume(Checkpoint checkpoint) {
    requireSameBase(checkpoint);
    LearnerState state = checkpoint.state();
    long lastVersion = cutLogsAfter(state.step());
    PolicyTrainer trainer =
        trainer(
            checkpoint.policy(),
            PartitionFunction.restore(state.partitionFunction()),
            ReplacementWindow.restore(config.proposal(), state.window()));
    trainer.training().optimizer().restore(state.optimizerUpdates(), checkpoint.optimizer());
    TrainingRun run = new TrainingRun(this, trainer, state, checkpoint.proposal());
    run.skipVersions(lastVersion);
    return run;
  }

  /** Removes what came after {@code step}, and gives the highest version given to a policy. */
  private long cutLogsAfter(long step) {
    try {
      files.metrics().cutAfter(step);
      files.samples().cutAfter(step);
      files.checkpoints().setAsideAfter(step);
      return files.versions().rows().stream()
          .mapToLong(row -> row.get("version").getAsLong())
          .max()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private PolicyTrainer trainer(
      List<TensorBytes> policy, PartitionFunction z, ReplacementWindow window) {
    LearnerConfig learner = config.learner();
    OptimizerConfig optimizer = learner.optimizer();
    GptTraining training =
        new GptTraining(
            new Gpt(model, policy, device),
            new AdamW.Settings(
                optimizer.betas().get(0),
                optimizer.betas().get(1),
                optimizer.eps(),
                optimizer.weightDecay()));
    LearningRate rate =
        new LearningRate(
            optimizer.learningRate(),
            optimizer.warmupSteps(),
            optimizer.schedule(),
            config.totalSteps().orElse(Long.MAX_VALUE));
    return new PolicyTrainer(
        training,
        objective(config.objective()),
        learner,
        rate,
        prefix,
        config.run().seed(),
        new StepMeasurements(features),
        z,
        window);
  }

  private static Objective objective(ObjectiveConfig config) {
    return switch (config.type()) {
      case GDC_WITH_BASELINE -> new GdcPlusPlus(config.normaliseByZ());
      case GDC -> new Gdc(config.normaliseByZ());
    };
  }
}
