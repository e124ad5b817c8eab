package io.tributary.config;

import java.util.List;

/** What an objective asks of the other sections. */
final class ObjectiveChecks {
  private ObjectiveChecks() {}

  /** Refuses what does not go together; keys are relative to {@code tributary}. */
  static void require(
      ObjectiveConfig objective,
      TargetConfig target,
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
