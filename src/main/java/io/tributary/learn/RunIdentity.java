package io.tributary.learn;

import io.tributary.config.ConstraintConfig;
import io.tributary.config.FeatureConfig;
import io.tributary.config.TargetConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.data.BadInputException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What may not change while a run goes on, since Z, lambda, the numbers of draws and the weights of
 * a checkpoint depend on it.
 *
 * @param values by configuration key
 */
public record RunIdentity(Map<String, String> values) {
  private static final String BASE = "model.base";
  private static final int SHOWN = 60;

  public RunIdentity {
    values = Map.copyOf(values);
  }

  /** The identity of a run of this configuration on a base model with this fingerprint. */
  public static RunIdentity of(TributaryConfig config, String baseFingerprint) {
    Map<String, String> values = new TreeMap<>();
    values.put(BASE, weights(baseFingerprint));
    values.put("target.features", features(config.target()));
    config
        .target()
        .klControl()
        .ifPresent(control -> values.put("target.kl-control", control.toString()));
    if (config.target().isFitted()) {
      values.put("target.fit", config.target().fit().toString());
    }
    values.put("objective.form", config.objective().form().toString());
    values.put("samplers.prompt", config.samplers().prompt());
    values.put("samplers.max-length", Integer.toString(config.samplers().maxLength()));
    values.put("samplers.stop-at-eos", Boolean.toString(config.samplers().stopAtEos()));
    values.put("samplers.batch-size", Integer.toString(config.samplers().batchSize()));
    values.put("partition-function.estimator", config.partitionFunction().estimator().toString());
    values.put("run.seed", Long.toString(config.run().seed()));
    return new RunIdentity(values);
  }

  /** Whether the run is on a base model with this fingerprint. */
  boolean isOfBase(String fingerprint) {
    return weights(fingerprint).equals(values.get(BASE));
  }

  private static String weights(String fingerprint) {
    return "weights " + fingerprint;
  }

  private static String features(TargetConfig target) {
    StringBuilder features = new StringBuilder();
    for (ConstraintConfig constraint : target.features()) {
      features.append(constraint);
      constraint
          .feature()
          .forEach(
              feature -> {
                if (feature instanceof FeatureConfig.WordList list) {
                  features.append(list.entries());
                }
              });
    }
    return features.toString();
  }

  /**
   * Refuses to go on from a checkpoint of another run.
   *
   * @throws BadInputException naming the key that differs
   */
  public void requireSameAs(RunIdentity checkpoint, long step) {
    new TreeMap<>(values)
        .forEach(
            (key, value) -> {
              String before = checkpoint.values().getOrDefault(key, "");
              if (!value.equals(before)) {
                throw new BadInputException(
                    "%s: the checkpoint of step %d was made with %s, this configuration has %s; a run goes on only with what it was started with, another run.name starts a new one"
                        .formatted(key, step, shown(before), shown(value)));
              }
            });
  }

  private static String shown(String value) {
    return value.length() > SHOWN ? value.substring(0, SHOWN) + "…" : value;
  }
}
