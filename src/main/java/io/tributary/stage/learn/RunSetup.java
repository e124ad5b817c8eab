package io.tributary.stage.learn;

import ai.djl.Device;
import com.google.gson.JsonObject;
import io.tributary.config.OptimizerConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.data.TensorBytes;
import io.tributary.metrics.MetricsJsonl;
import io.tributary.model.DecoderConfig;
import io.tributary.model.ModelTraining;
import io.tributary.model.ValueHead;
import io.tributary.objective.estimate.PartitionFunction;
import io.tributary.objective.estimate.ReplacementWindow;
import io.tributary.objective.estimate.RunningMean;
import io.tributary.objective.estimate.WeightTails;
import io.tributary.objective.ppo.KlPenalty;
import io.tributary.stage.learn.checkpoint.Checkpoint;
import io.tributary.stage.learn.checkpoint.LearnerState;
import io.tributary.stage.learn.checkpoint.PendingWork;
import io.tributary.stage.learn.checkpoint.RunIdentity;
import io.tributary.stage.learn.update.Estimators;
import io.tributary.stage.learn.update.PolicyTrainer;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.feature.Feature;
import io.tributary.tensor.AdamW;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes a {@link TrainingRun}: a new one, or one that is resumed from a checkpoint.
 *
 * @param model configuration of the model
 * @param base weights of the base model
 * @param device where the policy is trained
 * @param prefix tokens that every sequence follows
 * @param target with all lambdas
 * @param config the run's configuration
 * @param identity what a checkpoint must agree with to be resumed
 * @param files where it writes
 */
public record RunSetup(
    DecoderConfig model,
    List<TensorBytes> base,
    Device device,
    int[] prefix,
    EnergyBasedModel target,
    TributaryConfig config,
    RunIdentity identity,
    RunFiles files) {
  /** Version of the base model as the first proposal. */
  public static final long FIRST_VERSION = 1;

  /** A new run: policy and proposal are the base model. Existing rows of its logs are removed. */
  public TrainingRun begin() {
    Estimators estimators =
        new Estimators(
            PartitionFunction.create(config.partitionFunction()),
            RunningMean.create(),
            ReplacementWindow.create(config.proposal(), FIRST_VERSION),
            WeightTails.create(),
            KlPenalty.create(config.objective()));
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
            estimators.partitionFunction().state(),
            estimators.signals().state(),
            estimators.window().state(),
            estimators.tails().state(),
            target.lambdas(),
            estimators.penalty().state(),
            PendingWork.NOTHING,
            null,
            identity);
    cutLogsAfter(-1);
    return new TrainingRun(this, trainer(base, List.of(), estimators), start, base, lastVersion());
  }

  /**
   * A run resumed from a checkpoint; rows of later steps are removed from its logs.
   *
   * @throws io.tributary.data.BadInputException if the checkpoint is of another run
   * @throws UncheckedIOException if the logs can't be truncated
   */
  public TrainingRun resume(Checkpoint checkpoint) {
    LearnerState state = checkpoint.state();
    identity.requireSameAs(state.identity(), state.step());
    cutLogsAfter(state.step());
    if (state.pendingWork() != PendingWork.NOTHING) {
      cutEvaluation(state.step());
    }
    PolicyTrainer trainer =
        trainer(
            checkpoint.policy(),
            checkpoint.valueHead(),
            new Estimators(
                PartitionFunction.restore(config.partitionFunction(), state.partitionFunction()),
                RunningMean.restore(state.signals()),
                ReplacementWindow.restore(config.proposal(), state.window()),
                WeightTails.restore(state.tails()),
                KlPenalty.restore(config.objective(), state.penalty())));
    trainer.training().optimizer().restore(state.optimizerUpdates(), checkpoint.optimizer());
    return new TrainingRun(this, trainer, state, checkpoint.proposal(), lastVersion());
  }

  /** Names of the target's features, in their order. */
  List<String> features() {
    return target.features().stream().map(Feature::name).toList();
  }

  private void cutLogsAfter(long step) {
    try {
      files.metrics().cutAfter(step);
      files.samples().cutAfter(step);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes an evaluation made after the checkpoint, since it is made again. */
  private void cutEvaluation(long step) {
    try {
      files
          .metrics()
          .cutLast(row -> row.get("step").getAsLong() == step && row.has(MetricsJsonl.EVALUATION));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The highest version given to a policy, since the last checkpoint too. */
  private long lastVersion() {
    try (Stream<JsonObject> rows = files.versions().rows()) {
      return rows.mapToLong(row -> row.get("version").getAsLong()).max().orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private PolicyTrainer trainer(
      List<TensorBytes> policy, List<TensorBytes> valueHead, Estimators estimators) {
    OptimizerConfig optimizer = config.learner().optimizer();
    ModelTraining training =
        new ModelTraining(
            model.model(policy, device),
            config.objective().isProximal() ? valueHead(valueHead) : null,
            new AdamW.Settings(
                optimizer.betas().get(0),
                optimizer.betas().get(1),
                optimizer.eps(),
                optimizer.weightDecay()));
    return PolicyTrainer.create(training, config, prefix, features(), estimators);
  }

  /** The value head of a checkpoint, or a new one. */
  private ValueHead valueHead(List<TensorBytes> stored) {
    return stored.isEmpty()
        ? ValueHead.initialise(model.width(), device)
        : ValueHead.of(stored, model.width(), device);
  }
}
