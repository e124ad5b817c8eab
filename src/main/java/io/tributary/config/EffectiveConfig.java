package io.tributary.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.tributary.config.binding.Binder;
import io.tributary.config.binding.ConfigException;
import io.tributary.config.binding.HoconWriter;
import io.tributary.config.binding.KeyCheck;
import io.tributary.config.binding.Scalars;
import io.tributary.config.binding.Schema;
import io.tributary.config.binding.Setting;
import io.tributary.config.binding.SettingsTable;
import io.tributary.config.experiment.ExperimentConfig;
import io.tributary.config.target.ConstraintConfig;
import io.tributary.config.target.FeatureConfig;
import io.tributary.config.target.TargetConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** A configuration as it was read, with where each value came from. */
public final class EffectiveConfig {
  private static final String ROOT = "tributary";

  private final String file;
  private final ConfigObject values;

  EffectiveConfig(String file, ConfigObject values) {
    this.file = file;
    this.values = values;
  }

  /** What a configuration that was made without a file would be read as. */
  public static EffectiveConfig of(TributaryConfig config) {
    return new EffectiveConfig(
        "configuration", ConfigFactory.parseString(config.toHocon()).getObject(ROOT));
  }

  /**
   * The same with other values for some of the keys that can be changed while a service runs; it is
   * checked as a whole, as a training run's configuration.
   *
   * @param changes values by key, relative to {@code tributary} and with dots
   * @param origin who changes them, to be shown where a value's origin is
   * @throws ConfigException if a key is not known or can't be changed, or the whole can't be used
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
      List<String> path = new ArrayList<>(List.of(ROOT));
      path.addAll(ConfigUtil.splitPath(key));
      KeyCheck.check(ConfigLoader.nested(path, ConfigValueFactory.fromAnyRef(""), origin));
    } catch (com.typesafe.config.ConfigException e) {
      throw new ConfigException("%s is no key".formatted(key), e);
    } catch (ConfigException e) {
      throw withoutPlace(e, origin);
    }
    throw new ConfigException(
        "%s.%s can't be changed while the run goes on; it changes by drain and resume. What can be changed: %s"
            .formatted(
                ROOT,
                key,
                Schema.list(Arrays.stream(LiveKey.values()).map(LiveKey::key).toList())));
  }

  /** Whoever asked for a change knows that the value is his own. */
  private static ConfigException withoutPlace(ConfigException e, String origin) {
    String message = String.valueOf(e.getMessage());
    String place = origin + ": ";
    return message.startsWith(place)
        ? new ConfigException(message.substring(place.length()), e)
        : e;
  }

  /** Every key of {@code training()} that has a value, relative to {@code tributary}. */
  public SortedMap<String, Setting> settings() {
    return SettingsTable.of(training(), values);
  }

  /**
   * What a training run is configured with.
   *
   * @throws ConfigException if anything in it can't be used
   */
  public TributaryConfig training() {
    TributaryConfig config = new Binder(file).bind(TributaryConfig.class, values, ROOT);
    checkWordLists(config.target());
    return config;
  }

  /**
   * The target alone, for a use without a run.
   *
   * @throws ConfigException if it can't be used
   */
  public TargetConfig target() {
    TargetConfig target = section(TargetConfig.class, "target");
    checkWordLists(target);
    return target;
  }

  /**
   * The base model alone, if one is named, for a use without a run.
   *
   * @throws ConfigException if it can't be used
   */
  public Optional<ModelConfig> baseModel() {
    return object("model").containsKey("base")
        ? Optional.of(section(ModelConfig.class, "model"))
        : Optional.empty();
  }

  /**
   * The samplers' settings alone, for a use without a run.
   *
   * @throws ConfigException if they can't be used
   */
  public SamplersConfig samplers() {
    return section(SamplersConfig.class, "samplers");
  }

  /**
   * The settings of evaluations alone, for a use without a run.
   *
   * @throws ConfigException if they can't be used
   */
  public EvaluationConfig evaluation() {
    return section(EvaluationConfig.class, "evaluation");
  }

  /**
   * The run's name and seed alone, for a use without a run.
   *
   * @throws ConfigException if they can't be used
   */
  public RunConfig run() {
    return section(RunConfig.class, "run");
  }

  /**
   * The stream's settings alone, for a use without a run.
   *
   * @throws ConfigException if they can't be used
   */
  public StreamConfig stream() {
    return section(StreamConfig.class, "stream");
  }

  /**
   * How a program ends, alone, for a use without a run.
   *
   * @throws ConfigException if it can't be used
   */
  public ShutdownConfig shutdown() {
    return section(ShutdownConfig.class, "shutdown");
  }

  /**
   * The native library's settings alone, for a use without a run.
   *
   * @throws ConfigException if they can't be used
   */
  public NativeConfig nativeLibrary() {
    return section(NativeConfig.class, "native");
  }

  /**
   * What the training of a base model is configured with.
   *
   * @throws ConfigException if anything in it can't be used
   */
  public PretrainConfig pretrain() {
    return section(PretrainConfig.class, "pretrain");
  }

  /**
   * The grid of runs alone.
   *
   * @throws ConfigException if it can't be used
   */
  public ExperimentConfig experiment() {
    return section(ExperimentConfig.class, "experiment");
  }

  /** HOCON of {@code training()} with the file and line, or other origin, behind each value. */
  public String trainingWithOrigins() {
    return HoconWriter.withOrigins(ROOT, training(), values);
  }

  /** HOCON of {@code pretrain()} with the file and line, or other origin, behind each value. */
  public String pretrainWithOrigins() {
    String key = "pretrain";
    return HoconWriter.withOrigins(ROOT + "." + key, pretrain(), object(key));
  }

  /** Whether a base model or a target is given: what a training run can't do without. */
  public boolean describesTraining() {
    return object("model").containsKey("base") || object("target").containsKey("features");
  }

  /** Whether text to pretrain on is given. */
  public boolean describesPretraining() {
    return object("pretrain").containsKey("data");
  }

  /** Whether a grid of runs is given. */
  public boolean describesExperiment() {
    return object("experiment").containsKey("grids");
  }

  private <T> T section(Class<T> type, String key) {
    return new Binder(file).bind(type, object(key), ROOT + "." + key);
  }

  private ConfigObject object(String key) {
    ConfigValue value = values.get(key);
    if (value == null) {
      return ConfigFactory.empty().root();
    } else if (value instanceof ConfigObject object) {
      return object;
    }
    throw Scalars.wrongType(value, ROOT + "." + key, "a section: { … }");
  }

  private static void checkWordLists(TargetConfig target) {
    for (ConstraintConfig constraint : target.features()) {
      constraint
          .feature()
          .forEach(
              feature -> {
                if (feature instanceof FeatureConfig.WordList list) {
                  list.entries();
                }
              });
    }
  }
}
