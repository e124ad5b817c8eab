package io.tributary.config;

import com.typesafe.config.ConfigObject;

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

  private <T> T section(Class<T> type, String key) {
    String path = ROOT + "." + key;
    if (values.get(key) instanceof ConfigObject section) {
      return new Binder(file).bind(type, section, path);
    }
    if (values.get(key) == null) {
      throw new ConfigException("%s: missing section %s { … }".formatted(file, path));
    }
    throw Scalars.wrongType(values.get(key), path, "a section: { … }");
  }

  private static void checkWordLists(TargetConfig target) {
    for (FeatureConfig feature : target.features()) {
      if (feature instanceof FeatureConfig.WordList list) {
        list.entries();
      }
    }
  }
}
