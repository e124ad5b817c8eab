package io.tributary.stage.learn;

import ai.djl.Device;
import io.tributary.config.TributaryConfig;
import io.tributary.data.TensorBytes;
import io.tributary.model.DecoderConfig;
import io.tributary.model.Distillation;
import io.tributary.model.ModelTraining;
import io.tributary.model.ValueHead;
import io.tributary.model.guide.TokenGuide;
import io.tributary.objective.KlPenalty;
import io.tributary.objective.estimate.ClippedWeights;
import io.tributary.objective.estimate.ControlFit;
import io.tributary.objective.estimate.PartitionFunction;
import io.tributary.objective.estimate.ReplacementWindow;
import io.tributary.objective.estimate.RunningMean;
import io.tributary.objective.estimate.WeightTails;
import io.tributary.stage.learn.checkpoint.Checkpoint;
import io.tributary.stage.learn.checkpoint.LearnerState;
import io.tributary.stage.learn.checkpoint.LearnerState.PendingWork;
import io.tributary.stage.learn.checkpoint.RunIdentity;
import io.tributary.stage.learn.update.PolicyTrainer;
import io.tributary.stage.learn.update.PolicyTrainer.Estimators;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.feature.Feature;
import io.tributary.tensor.AdamW;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link TrainingRun}: a new one, or one that is resumed from a checkpoint.
 *
 * @param base weights of the base model
 * @param device where the policy is trained
 * @param prefix tokens that every sequence follows
 * @param guide of proposals, see {@link TokenGuide}
 * @param target with all lambdas
 * @param identity what a checkpoint must agree with to be resumed
 */
public record LearnerSetup(
    DecoderConfig model,
    List<TensorBytes> base,
    Device device,
    int[] prefix,
    TokenGuide guide,
    EnergyBasedModel target,
    TributaryConfig config,
    RunIdentity identity,
    LearnerFiles files) {
  /** Version of the base model as the first proposal. */
  public static final long FIRST_VERSION = 1;

  /** A new run: policy and proposal are the base model. Existing rows of its logs are removed. */
  public TrainingRun begin() {
    files.truncateAfter(-1, false);
    return run(new Checkpoint(model, beginning(), base, base, List.of(), List.of()));
  }

  private LearnerState beginning() {
    return new LearnerState(
        0,
        0,
        0,
        0,
        0,
        FIRST_VERSION,
        FIRST_VERSION,
        0,
        PartitionFunction.create(config.partitionFunction()).state(),
        RunningMean.create().state(),
        ReplacementWindow.create(config.proposal(), FIRST_VERSION).state(),
        WeightTails.create().state(),
        ControlFit.State.EMPTY,
        ClippedWeights.State.EMPTY,
        target.lambdas(),
        new KlPenalty(config.objective()).state(),
        PendingWork.NOTHING,
        null,
        null,
        null,
        identity);
  }

  /**
   * A run resumed from a checkpoint; rows of later steps are removed from its logs, as is an
   * evaluation that is made again.
   *
   * @throws io.tributary.data.BadInputException if the checkpoint is of another run
   * @throws java.io.UncheckedIOException if the logs can't be truncated
   */
  public TrainingRun resume(Checkpoint checkpoint) {
    LearnerState state = checkpoint.state();
    identity.requireSameAs(state.identity(), state.step());
    files.truncateAfter(state.step(), state.pendingWork() != PendingWork.NOTHING);
    return run(checkpoint);
  }

  private TrainingRun run(Checkpoint from) {
    LearnerState state = from.state();
    Estimators estimators =
        new Estimators(
            new PartitionFunction(config.partitionFunction(), state.partitionFunction()),
            new RunningMean(state.signals()),
            new ReplacementWindow(config.proposal(), state.window()),
            new WeightTails(state.tails()),
            new ControlFit(Objects.requireNonNullElse(state.control(), ControlFit.State.EMPTY)),
            new ClippedWeights(
                Objects.requireNonNullElse(state.clipped(), ClippedWeights.State.EMPTY)),
            KlPenalty.restore(config.objective(), state.penalty()));
    ModelTraining training = training(from);
    return new TrainingRun(
        this,
        new PolicyTrainer(training, distillation(), guide, config, prefix, features(), estimators),
        state,
        from.proposal());
  }

  private @Nullable Distillation distillation() {
    return config.objective().distils() ? new Distillation(model.model(base, device)) : null;
  }

  private ModelTraining training(Checkpoint from) {
    ModelTraining training =
        new ModelTraining(
            model.model(from.policy(), device),
            config.objective().isProximal() ? valueHead(from.valueHead()) : null,
            AdamW.Settings.of(config.learner().optimizer()));
    if (from.state().optimizerUpdates() > 0) {
      training.optimizer().restore(from.state().optimizerUpdates(), from.optimizer());
    }
    return training;
  }

  /** The value head of a checkpoint, or a new one. */
  private ValueHead valueHead(List<TensorBytes> stored) {
    return stored.isEmpty()
        ? ValueHead.initialise(model.width(), device)
        : ValueHead.of(stored, model.width(), device);
  }

  /** Names of the target's features, in their order. */
  List<String> features() {
    return target.features().stream().map(Feature::name).toList();
  }
}
