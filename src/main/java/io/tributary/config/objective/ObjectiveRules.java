package io.tributary.config.objective;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.tributary.config.LearnerConfig;
import io.tributary.config.ProposalConfig;
import io.tributary.config.ProposalConfig.Criterion;
import io.tributary.config.PublishConfig;
import io.tributary.config.SamplersConfig;
import io.tributary.config.StreamConfig;
import io.tributary.config.binding.Place;
import io.tributary.config.binding.Require;
import io.tributary.config.binding.Schema;
import io.tributary.config.objective.ObjectiveConfig.Credit;
import io.tributary.config.objective.ObjectiveConfig.Divergence;
import io.tributary.config.objective.ObjectiveConfig.ObjectiveForm;
import io.tributary.config.objective.ObjectiveType.Baseline;
import io.tributary.config.target.ConstraintConfig;
import io.tributary.config.target.TargetConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an objective requires of other sections. Where it leaves a key no choice, that value is also
 * the key's default.
 */
public final class ObjectiveRules {
  private static final String CRITERION = "proposal.criterion";
  private static final String PUBLISH_INTERVAL = "publish.interval-steps";
  private static final String STALENESS = "stream.max-staleness-steps";

  /** The recorded log q, which the ratio is taken against, has to be the policy of the step. */
  private static final String WHY_PROXIMAL =
      " with objective.form = %s, whose ratio pi/pi_old starts at 1 only where the sequences were drawn from the policy"
              .formatted(ObjectiveForm.PPO)
          + " as it is at the start of the step";

  private ObjectiveRules() {}

  /**
   * A key that has only one value with an objective.
   *
   * @param key relative to {@code tributary}
   * @param why continues "must be 0", for messages
   */
  private record Fixed(String key, Object value, String why) {}

  private static List<Fixed> fixed(ObjectiveType type, boolean proximal) {
    List<Fixed> fixed = new ArrayList<>();
    if (type.isOnPolicy()) {
      String why =
          " with objective.type = %s, which learns from sequences of the policy itself"
              .formatted(type);
      fixed.add(new Fixed(CRITERION, Criterion.ALWAYS, why));
      fixed.add(new Fixed(PUBLISH_INTERVAL, 1, why));
    }
    if (proximal) {
      fixed.add(new Fixed(STALENESS, 0, WHY_PROXIMAL));
    }
    return fixed;
  }

  /**
   * The defaults that depend on the objective; they override those of {@code reference.conf}. An
   * objective that can't be read has none: it is reported where it is read.
   *
   * @param all everything under {@code tributary}
   */
  public static Config defaults(ConfigObject all) {
    Config defaults = ConfigFactory.empty();
    if (!(all.get("objective") instanceof ConfigObject objective)) {
      return defaults;
    }
    Optional<ObjectiveType> type =
        Arrays.stream(ObjectiveType.values())
            .filter(known -> known.toString().equals(unwrapped(objective.get("type"))))
            .findAny();
    if (type.isPresent()) {
      defaults = with(defaults, "objective.baseline", type.get().baselines().get(0));
    }
    defaults =
        with(
            defaults,
            "objective.credit",
            type.filter(ObjectiveType::isInUnitOfTarget).isPresent()
                ? Credit.PREFIX_DISTILLED
                : Credit.SEQUENCE);
    if (type.isPresent() && !type.get().isOnPolicy() && comparesOnHeldOut(all)) {
      defaults = with(defaults, "proposal.window", ProposalConfig.Window.HELD_OUT);
    }
    boolean proximal = ObjectiveForm.PPO.toString().equals(unwrapped(objective.get("form")));
    for (Fixed fixed : fixed(type.orElse(ObjectiveType.GDC), proximal)) {
      defaults = with(defaults, fixed.key(), fixed.value());
    }
    return defaults;
  }

  /** Whether nothing in the section of the proposal asks for another window. */
  private static boolean comparesOnHeldOut(ConfigObject all) {
    return !(all.get("proposal") instanceof ConfigObject proposal)
        || (!Criterion.ALWAYS.toString().equals(unwrapped(proposal.get("criterion")))
            && !"true".equals(String.valueOf(unwrapped(proposal.get("keep-best")))));
  }

  private static @Nullable Object unwrapped(@Nullable ConfigValue value) {
    return value == null ? null : value.unwrapped();
  }

  private static Config with(Config defaults, String path, Object value) {
    return defaults.withValue(
        path,
        ConfigValueFactory.fromAnyRef(
            value instanceof Integer ? value : value.toString(), Place.DEFAULT));
  }

  /** Checks that the sections go together. */
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
        "another one where the target has a hard constraint: the policy gives some sequences that"
            + " do not meet it a probability above 0, so that KL(pi||p) is infinite");
    Require.that(
        objective.baseline() != Baseline.LEAVE_ONE_OUT || learner.batchSize() > 1,
        "learner.batch-size",
        learner.batchSize(),
        "at least 2 where objective.baseline is leave-one-out");
    Map<String, Object> given =
        Map.of(
            CRITERION, proposal.criterion(),
            PUBLISH_INTERVAL, publish.intervalSteps(),
            STALENESS, stream.maxStalenessSteps());
    for (Fixed fixed : fixed(objective.type(), objective.isProximal())) {
      Object value = Objects.requireNonNull(given.get(fixed.key()), fixed.key());
      Require.that(fixed.value().equals(value), fixed.key(), value, fixed.value() + fixed.why());
    }
    if (objective.isProximal()) {
      requireProximal(objective, samplers, learner);
    }
  }

  private static void requireProximal(
      ObjectiveConfig objective, SamplersConfig samplers, LearnerConfig learner) {
    Require.that(
        samplers.temperature() == 1,
        "samplers.temperature",
        samplers.temperature(),
        1 + WHY_PROXIMAL);
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
        "a list of terms { feature, weight }, since the target has no hard constraint to serve as the reward of %s"
            .formatted(objective.type()));
  }
}
