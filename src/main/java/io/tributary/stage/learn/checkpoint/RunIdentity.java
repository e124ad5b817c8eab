package io.tributary.stage.learn.checkpoint;

import io.tributary.config.ProposalConfig;
import io.tributary.config.ProposalConfig.Window;
import io.tributary.config.TributaryConfig;
import io.tributary.config.target.ConstraintConfig;
import io.tributary.config.target.TargetConfig;
import io.tributary.data.BadInputException;
import io.tributary.data.Fingerprint;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What must be the same for a run to be resumed, since Z, lambda and the weights of a checkpoint
 * depend on it. Sizes of draws and batches may change: draws are numbered on from the next number.
 *
 * @param values by configuration key
 */
public record RunIdentity(Map<String, String> values) {
  private static final String BASE = "model.base";
  private static final int SHOWN = 60;

  public RunIdentity {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /** The identity of a run of this configuration on a base model with this fingerprint. */
  public static RunIdentity of(TributaryConfig config, String baseFingerprint) {
    Map<String, String> values = new TreeMap<>();
    values.put(BASE, weights(baseFingerprint));
    values.put("target.features", features(config.target()));
    config.target().klControl().ifPresent(kl -> values.put("target.kl-control", kl.toString()));
    if (config.target().isFitted()) {
      values.put("target.fit", config.target().fit().toString());
    }
    values.put("objective.type", config.objective().type().toString());
    values.put("objective.form", config.objective().form().toString());
    values.put("objective.reward", config.objective().reward().toString());
    values.put("proposal.window", window(config.proposal()));
    values.put("samplers.prompt", config.samplers().prompt());
    values.put("samplers.max-length", Integer.toString(config.samplers().maxLength()));
    values.put("samplers.stop-at-eos", Boolean.toString(config.samplers().stopAtEos()));
    values.put("partition-function.estimator", config.partitionFunction().estimator().toString());
    values.put("run.seed", Long.toString(config.run().seed()));
    return new RunIdentity(values);
  }

  /** A run may change between those that need no draws of their own. */
  private static String window(ProposalConfig config) {
    return (config.window() == Window.FRESH ? Window.FRESH : Window.RUNNING).toString();
  }

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
      constraint.feature().forEach(feature -> features.append(feature.contents(Fingerprint::of)));
    }
    return features.toString();
  }

  /**
   * Refuses to resume from a checkpoint of another run.
   *
   * @throws BadInputException naming the key that differs
   */
  public void requireSameAs(RunIdentity checkpoint, long step) {
    Set<String> keys = new TreeSet<>(values.keySet());
    keys.addAll(checkpoint.values().keySet());
    for (String key : keys) {
      String before = checkpoint.values().getOrDefault(key, "none");
      String value = values.getOrDefault(key, "none");
      if (!value.equals(before)) {
        int same = Arrays.mismatch(before.toCharArray(), value.toCharArray());
        throw new BadInputException(
            "%s: the checkpoint of step %d was made with %s, this configuration has %s; a run is resumed only with what it was started with; another run.name starts a new run"
                .formatted(key, step, shown(before, same), shown(value, same)));
      }
    }
  }

  /** An excerpt of a long value, around where it differs. */
  private static String shown(String value, int difference) {
    int from = value.length() <= SHOWN ? 0 : Math.max(0, difference - SHOWN / 2);
    int to = Math.min(value.length(), from + SHOWN);
    return (from > 0 ? "…" : "") + value.substring(from, to) + (to < value.length() ? "…" : "");
  }
}
