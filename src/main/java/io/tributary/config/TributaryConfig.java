package io.tributary.config;

import io.tributary.config.OptimizerConfig.Schedule;
import io.tributary.config.ProposalConfig.Criterion;
import io.tributary.config.binding.HoconWriter;
import io.tributary.config.binding.Require;
import io.tributary.config.binding.Schema;
import io.tributary.config.objective.ObjectiveConfig;
import io.tributary.config.objective.ObjectiveRules;
import io.tributary.config.target.TargetConfig;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The configuration of a training run, one record for each section of {@code reference.conf}, which
 * documents the keys.
 */
public record TributaryConfig(
    RunConfig run,
    ModelConfig model,
    TargetConfig target,
    ObjectiveConfig objective,
    PartitionFunctionConfig partitionFunction,
    SamplersConfig samplers,
    ScorersConfig scorers,
    StreamConfig stream,
    LearnerConfig learner,
    PublishConfig publish,
    ProposalConfig proposal,
    CheckpointConfig checkpoint,
    EvaluationConfig evaluation,
    DiagnosticsConfig diagnostics,
    SamplesConfig samples,
    HttpConfig http,
    Optional<ClusterConfig> cluster,
    ShutdownConfig shutdown,
    @Schema.Key("native") NativeConfig nativeLibrary) {
  public TributaryConfig {
    requireMultipleOfDraw("learner.batch-size", learner.batchSize(), samplers.batchSize());
    requireMultipleOfDraw(
        "partition-function.bootstrap-sequences",
        partitionFunction.bootstrapSequences(),
        samplers.batchSize());
    Require.that(
        samplers.temperature() == 1 || proposal.criterion() == Criterion.ALWAYS,
        "proposal.criterion",
        proposal.criterion(),
        "always where samplers.temperature is not 1: the policy would be judged without the"
            + " temperature that its sequences would be drawn with");
    Require.that(
        diagnostics.gradientVarianceIntervalSteps() == 0
            || diagnostics.gradientVarianceSequences() <= learner.batchSize(),
        "diagnostics.gradient-variance-sequences",
        diagnostics.gradientVarianceSequences(),
        "at most learner.batch-size = %d, since they are taken from a batch"
            .formatted(learner.batchSize()));
    requireEndOfSchedule(learner.optimizer(), totalSteps(run, learner));
    if (cluster.isEmpty()) {
      requireOwn("samplers.count", samplers.count());
      requireOwn("scorers.count", scorers.count());
    }
    cluster.ifPresent(
        trainer -> {
          requireOtherPort("cluster.port", trainer.port(), http.port());
          requireOtherPort("cluster.files-port", trainer.filesPort(), http.port());
          int features = target.features().size();
          int milestones = objective.needsMilestones() ? ObjectiveConfig.MOST_MILESTONES : 0;
          requireRoom("samplers.batch-size", samplers.batchSize(), samplers, features, milestones);
          if (proposal.window() == ProposalConfig.Window.FRESH) {
            requireRoom(
                "proposal.window-sequences", proposal.windowSequences(), samplers, features, 0);
          }
        });
    ObjectiveRules.require(objective, target, samplers, stream, learner, publish, proposal);
  }

  /** Number of draws in one batch of the learner. */
  public int drawsPerBatch() {
    return learner.batchSize() / samplers.batchSize();
  }

  /** Least number of initial draws that only bootstrap the estimate of Z. */
  public int bootstrapDraws() {
    return partitionFunction.bootstrapSequences() / samplers.batchSize();
  }

  /** Limit on the draws that bootstrap the estimate of Z until there are enough hits. */
  public int mostBootstrapDraws() {
    return partitionFunction.bootstrapMaxSequences() / samplers.batchSize();
  }

  /**
   * The learner step that ends the run: {@code run.steps}, or the number of whole batches that
   * contain {@code run.sequences}, whichever is less. Empty: the run continues until it is stopped.
   */
  public OptionalLong totalSteps() {
    return totalSteps(run, learner);
  }

  /** The configuration as HOCON, which loads to an equal one. */
  public String toHocon() {
    return HoconWriter.plain(Schema.ROOT, this);
  }

  private static OptionalLong totalSteps(RunConfig run, LearnerConfig learner) {
    long steps = run.steps().orElse(Long.MAX_VALUE);
    long batch = learner.batchSize();
    long stepsOfSequences =
        run.sequences()
            .map(sequences -> Math.floorDiv(sequences - 1, batch) + 1)
            .orElse(Long.MAX_VALUE);
    long total = Math.min(steps, stepsOfSequences);
    return total == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(total);
  }

  private static void requireOwn(String key, int count) {
    Require.that(
        count > 0,
        key,
        count,
        "at least 1; 0 is for the trainer of a cluster, with tributary.cluster");
  }

  private static void requireMultipleOfDraw(String key, int sequences, int draw) {
    int below = sequences / draw * draw;
    Require.that(
        sequences % draw == 0,
        key,
        sequences,
        "a multiple of samplers.batch-size = %d, such as %s%d"
            .formatted(draw, below > 0 ? below + " or " : "", below + draw));
  }

  private static void requireRoom(
      String key, int sequences, SamplersConfig samplers, int features, int milestones) {
    int length = samplers.maxLength();
    long most =
        ClusterConfig.LARGEST_MESSAGE - ClusterConfig.messageBytes(0, length, features, milestones);
    long one = ClusterConfig.messageBytes(1, length, features, milestones);
    long each = one - ClusterConfig.messageBytes(0, length, features, milestones);
    Require.that(
        ClusterConfig.messageBytes(sequences, length, features, milestones)
            <= ClusterConfig.LARGEST_MESSAGE,
        key,
        sequences,
        "at most %d in a cluster with samplers.max-length = %d: nodes tell each other the scores of a draw in one message of at most %d MiB"
            .formatted(most / each, length, ClusterConfig.LARGEST_MESSAGE >> 20));
  }

  private static void requireOtherPort(String key, int port, int httpPort) {
    Require.that(
        port != httpPort || port == 0, key, port, "another port than http.port = " + httpPort);
  }

  private static void requireEndOfSchedule(OptimizerConfig optimizer, OptionalLong totalSteps) {
    if (optimizer.schedule() == Schedule.CONSTANT) {
      return;
    }
    Require.that(
        totalSteps.isPresent(),
        "learner.optimizer.schedule",
        optimizer.schedule(),
        "constant unless run.steps or run.sequences says when the learning rate reaches zero");
    Require.that(
        optimizer.warmupSteps() < totalSteps.getAsLong(),
        "learner.optimizer.warmup-steps",
        optimizer.warmupSteps(),
        "less than the %d steps of the run, to leave some for the %s schedule"
            .formatted(totalSteps.getAsLong(), optimizer.schedule()));
  }
}
