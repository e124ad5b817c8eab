package io.tributary.config;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The keys that can be changed during a run. To change any other, drain and resume. */
public enum LiveKey {
  MAX_STALENESS_STEPS("stream.max-staleness-steps", config -> config.stream().maxStalenessSteps()),
  SAMPLERS("samplers.count", config -> config.samplers().count()),
  SCORERS("scorers.count", config -> config.scorers().count()),
  LEARNING_RATE(
      "learner.optimizer.learning-rate", config -> config.learner().optimizer().learningRate()),
  PUBLISH_INTERVAL("publish.interval-steps", config -> config.publish().intervalSteps()),
  EVALUATION_INTERVAL("evaluation.interval-steps", config -> config.evaluation().intervalSteps()),
  CHECKPOINT_INTERVAL("checkpoint.interval-steps", config -> config.checkpoint().intervalSteps()),
  CHECKPOINT_TIME("checkpoint.interval", config -> config.checkpoint().interval().toNanos() / 1e9),
  GRADIENT_VARIANCE_INTERVAL(
      "diagnostics.gradient-variance-interval-steps",
      config -> config.diagnostics().gradientVarianceIntervalSteps()),
  SAMPLES("samples.per-interval", config -> config.samples().perInterval());

  private final String key;

  @SuppressWarnings("ImmutableEnumChecker") // reads a record
  private final ToDoubleFunction<TributaryConfig> value;

  LiveKey(String key, ToDoubleFunction<TributaryConfig> value) {
    this.key = key;
    this.value = value;
  }

  /** The constant of a key, relative to {@code tributary}. */
  public static Optional<LiveKey> of(String key) {
    return Arrays.stream(values()).filter(live -> live.key.equals(key)).findAny();
  }

  /** Relative to {@code tributary}. */
  public String key() {
    return key;
  }

  /** The value as a number; a time in seconds. */
  public double of(TributaryConfig config) {
    return value.applyAsDouble(config);
  }
}
