package io.tributary.config.objective;

import io.tributary.config.Criterion;
import io.tributary.config.LearnerConfig;
import io.tributary.config.ProposalConfig;
import io.tributary.config.PublishConfig;
import io.tributary.config.SamplersConfig;
import io.tributary.config.StreamConfig;
import io.tributary.config.binding.Require;
import io.tributary.config.binding.Schema;
import io.tributary.config.target.ConstraintConfig;
import io.tributary.config.target.TargetConfig;
import java.util.List;

/** What an objective asks of the other sections. */
public final class ObjectiveChecks {
  private ObjectiveChecks() {}

  /** Refuses what does not go together; keys are relative to {@code tributary}. */
  public static void require(
      ObjectiveConfig objective,
      TargetConfig target,
      SamplersConfig samplers,
      StreamConfig stream,
      LearnerConfig learner,
      PublishConfig publish,
      ProposalConfig proposal) {
    requireReward(objective, target);
    Require.that(
        objective.divergence().filter(Divergence.REVERSE_KL::equals).isEmpty()
            || !target.hasHardFactors(),
        "objective.divergence",
        Divergence.REVERSE_KL,
        "another one where the target has a hard constraint: the policy gives some sequences that do not meet it a"
            + " probability above 0, so that KL(pi||p) is infinite");
    Require.that(
        objective.baseline() != Baseline.LEAVE_ONE_OUT || learner.batchSize() > 1,
        "learner.batch-size",
        learner.batchSize(),
        "at least 2 where objective.baseline is leave-one-out");
    if (objective.type().isOnPolicy()) {
      requireOnPolicy(objective.type(), publish, proposal);
    }
    if (objective.isProximal()) {
      requireProximal(objective, samplers, stream, learner);
    }
  }

  /** The ratio is taken against the recorded log q, which has to be the policy of the step. */
  private static void requireProximal(
      ObjectiveConfig objective,
      SamplersConfig samplers,
      StreamConfig stream,
      LearnerConfig learner) {
    String why =
        " with objective.form = %s, whose ratio pi/pi_old starts at 1 where the sequences were drawn from the policy"
                .formatted(objective.form())
            + " as it is at the beginning of the step";
    Require.that(
        stream.maxStalenessSteps() == 0,
        "stream.max-staleness-steps",
        stream.maxStalenessSteps(),
        0 + why);
    Require.that(
        samplers.temperature() == 1, "samplers.temperature", samplers.temperature(), 1 + why);
    PpoConfig ppo = objective.ppo();
    Require.that(
        learner.batchSize() % ppo.minibatches() == 0,
        "objective.ppo.minibatches",
        ppo.minibatches(),
        "a divisor of learner.batch-size = " + learner.batchSize());
    Require.that(
        objective.targetKl().isEmpty() || learner.batchSize() < ppo.horizon(),
        "objective.ppo.horizon",
        ppo.horizon(),
        "more than learner.batch-size = " + learner.batchSize());
  }

  private static void requireReward(ObjectiveConfig objective, TargetConfig target) {
    List<String> features = target.features().stream().map(ConstraintConfig::name).toList();
    for (int i = 0; i < objective.reward().size(); i++) {
      String feature = objective.reward().get(i).feature();
      Require.that(
          features.contains(feature),
          "objective.reward[%d].feature".formatted(i),
          '"' + feature + '"',
          "the name of one of the target's features: " + Schema.list(features));
    }
    Require.that(
        !objective.type().needsReward() || !objective.reward().isEmpty() || target.hasHardFactors(),
        "objective.reward",
        "[]",
        "a list of terms { feature, weight } where the target has no hard constraint that the reward of %s could be"
                .formatted(objective.type())
            + " made from");
  }

  private static void requireOnPolicy(
      ObjectiveType type, PublishConfig publish, ProposalConfig proposal) {
    String why =
        " with objective.type = %s, which learns from sequences of the policy itself"
            .formatted(type);
    Require.that(
        proposal.criterion() == Criterion.ALWAYS,
        "proposal.criterion",
        proposal.criterion(),
        Criterion.ALWAYS + why);
    Require.that(
        publish.intervalSteps() == 1, "publish.interval-steps", publish.intervalSteps(), 1 + why);
  }
}
