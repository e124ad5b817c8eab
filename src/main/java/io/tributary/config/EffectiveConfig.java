package io.tributary.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.util.Optional;

/** A configuration as it was read, with where each value came from. */
public final class EffectiveConfig {
  private static final String ROOT = "tributary";

  private final String file;
  private final ConfigObject values;

  EffectiveConfig(String file, ConfigObject values) {
    this.file = file;
    this.values = values;
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
