package io.tributary.config.objective;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.tributary.config.Criterion;
import io.tributary.config.binding.Place;
import java.util.Arrays;
import java.util.Optional;

/** The defaults that depend on {@code objective}; they go over those of reference.conf. */
public final class ObjectiveDefaults {
  private ObjectiveDefaults() {}

  /**
   * The defaults of the type that is configured; none where it isn't one, which is reported where
   * it is read.
   *
   * @param all everything under {@code tributary}
   */
  public static Config of(ConfigObject all) {
    Config defaults = type(all).map(ObjectiveDefaults::of).orElse(ConfigFactory.empty());
    return isProximal(all) ? with(defaults, "stream.max-staleness-steps", 0) : defaults;
  }

  private static boolean isProximal(ConfigObject all) {
    return all.get("objective") instanceof ConfigObject objective
        && objective.containsKey("form")
        && ObjectiveForm.PPO.toString().equals(objective.toConfig().getValue("form").unwrapped());
  }

  private static Optional<ObjectiveType> type(ConfigObject all) {
    if (all.get("objective") instanceof ConfigObject objective) {
      ConfigValue type = objective.get("type");
      return Arrays.stream(ObjectiveType.values())
          .filter(known -> type != null && known.toString().equals(type.unwrapped()))
          .findAny();
    }
    return Optional.empty();
  }

  private static Config of(ObjectiveType type) {
    Config defaults = with(ConfigFactory.empty(), "objective.baseline", type.baselines().get(0));
    if (type.isOnPolicy()) {
      defaults = with(defaults, "publish.interval-steps", 1);
      defaults = with(defaults, "proposal.criterion", Criterion.ALWAYS);
    }
    return defaults;
  }

  private static Config with(Config defaults, String path, Object value) {
    return defaults.withValue(
        path,
        ConfigValueFactory.fromAnyRef(
            value instanceof Integer ? value : value.toString(), Place.DEFAULT));
  }
}
