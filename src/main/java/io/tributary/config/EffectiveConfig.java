package io.tributary.config;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.tributary.config.binding.Binder;
import io.tributary.config.binding.ConfigException;
import io.tributary.config.binding.ConfigTree;
import io.tributary.config.binding.HoconWriter;
import io.tributary.config.binding.KeyCheck;
import io.tributary.config.binding.Place;
import io.tributary.config.binding.Schema;
import io.tributary.config.binding.Setting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A configuration as it was read, with the origin of each value. */
public record EffectiveConfig(String file, ConfigObject values) {
  private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

  /** The effective configuration of one that was made without a file. */
  public static EffectiveConfig of(TributaryConfig config) {
    return new EffectiveConfig(
        "configuration", ConfigFactory.parseString(config.toHocon()).getObject(Schema.ROOT));
  }

  /**
   * The same with other values for some keys that can be changed during a run. The result is
   * checked as a whole.
   *
   * @param changes values by key, relative to {@code tributary} and with dots
   * @param origin who changes them, shown as the origin of these values
   * @throws ConfigException if a key is unknown or can't be changed, or the result is invalid
   */
  public EffectiveConfig changed(Map<String, String> changes, String origin) {
    ConfigObject changed = values;
    for (Map.Entry<String, String> change : changes.entrySet()) {
      requireLive(change.getKey(), origin);
      changed =
          ConfigLoader.nested(
                  ConfigUtil.splitPath(change.getKey()),
                  ConfigValueFactory.fromAnyRef(change.getValue()),
                  origin)
              .withFallback(changed);
    }
    EffectiveConfig effective = new EffectiveConfig(file, changed);
    try {
      effective.training();
    } catch (ConfigException e) {
      throw withoutPlace(e, origin);
    }
    return effective;
  }

  private static void requireLive(String key, String origin) {
    if (LiveKey.of(key).isPresent()) {
      return;
    }
    try {
      List<String> path = new ArrayList<>(List.of(Schema.ROOT));
      path.addAll(ConfigUtil.splitPath(key));
      KeyCheck.check(ConfigLoader.nested(path, ConfigValueFactory.fromAnyRef(""), origin));
    } catch (com.typesafe.config.ConfigException e) {
      throw new ConfigException("%s is not a key".formatted(key), e);
    } catch (ConfigException e) {
      throw withoutPlace(e, origin);
    }
    throw new ConfigException(
        "%s.%s can't be changed during a run; drain and resume to change it. Keys that can be changed: %s"
            .formatted(
                Schema.ROOT,
                key,
                Schema.list(Arrays.stream(LiveKey.values()).map(LiveKey::key).toList())));
  }

  /** Removes the place from a message for the person who gave the value. */
  private static ConfigException withoutPlace(ConfigException e, String origin) {
    String message = String.valueOf(e.getMessage());
    String place = origin + ": ";
    return message.startsWith(place)
        ? new ConfigException(message.substring(place.length()), e)
        : e;
  }

  /** Every key of {@code training()} that has a value, relative to {@code tributary}. */
  public SortedMap<String, Setting> settings() {
    SortedMap<String, Setting> settings = new TreeMap<>();
    addSettings("", ConfigTree.of(training()), values, settings);
    return settings;
  }

  /** Adds the keys of a section; a list is the value of one key. */
  private static void addSettings(
      String path,
      Object value,
      @Nullable ConfigValue source,
      SortedMap<String, Setting> settings) {
    if (value instanceof Map<?, ?> section) {
      section.forEach(
          (key, inner) ->
              addSettings(
                  path.isEmpty() ? (String) key : path + "." + key,
                  inner,
                  source instanceof ConfigObject object ? object.get(key) : null,
                  settings));
    } else {
      boolean changeable = LiveKey.of(path).isPresent();
      settings.put(path, new Setting(JSON.toJson(value), Place.of(source), changeable));
    }
  }

  /**
   * The configuration of a training run.
   *
   * @throws ConfigException if anything in it is missing or invalid
   */
  public TributaryConfig training() {
    if (describesExperiment() && !(object("target").containsKey("features") && hasBaseModel())) {
      throw new ConfigException(
          "%s: describes a grid of runs (%s.experiment.grids), not a run; `tributary experiment` runs it"
              .formatted(file, Schema.ROOT));
    }
    return new Binder(file).bind(TributaryConfig.class, values, Schema.ROOT);
  }

  /**
   * One section alone, for use without a run.
   *
   * @param type the record that the section is read into, such as {@code SamplersConfig}
   * @throws ConfigException if anything in it is missing or invalid
   */
  public <T> T section(Class<T> type) {
    String key = Schema.sectionOf(type);
    return new Binder(file).bind(type, object(key), Schema.ROOT + "." + key);
  }

  /**
   * The base model alone, if one is named, for use without a run.
   *
   * @throws ConfigException if it is invalid
   */
  public Optional<ModelConfig> baseModel() {
    return hasBaseModel() ? Optional.of(section(ModelConfig.class)) : Optional.empty();
  }

  private boolean hasBaseModel() {
    return object("model").containsKey("base");
  }

  /** HOCON of {@code training()} with the origin of each value, such as file and line, after it. */
  public String trainingWithOrigins() {
    return HoconWriter.withOrigins(Schema.ROOT, training(), values);
  }

  /** HOCON of the section {@code pretrain} with the origin of each value after it. */
  public String pretrainWithOrigins() {
    return HoconWriter.withOrigins(
        Schema.ROOT + ".pretrain", section(PretrainConfig.class), object("pretrain"));
  }

  /** Whether a base model or a target is given, which every training run needs. */
  public boolean describesTraining() {
    return hasBaseModel() || object("target").containsKey("features");
  }

  /** Whether text to pretrain on is given. */
  public boolean describesPretraining() {
    return object("pretrain").containsKey("data");
  }

  /** Whether a grid of runs is given. */
  public boolean describesExperiment() {
    return object("experiment").containsKey("grids");
  }

  private ConfigObject object(String key) {
    ConfigValue value = values.get(key);
    return value == null
        ? ConfigFactory.empty().root()
        : Binder.object(value, Schema.ROOT + "." + key);
  }
}
