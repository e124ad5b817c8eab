package io.tributary.metrics;

import io.tributary.data.Measurements;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The table of all metrics. A metric's name is its constant in lower case; Prometheus sees it with
 * the prefix {@value #PREFIX}, {@code metrics.jsonl} and {@link Measurements} without.
 */
public enum Metric {
  // Flow
  /**
   * A sequence counts for the sampler and for the scorer when the pool accepts it from a worker: a
   * draw that is handed out again counts once, and what a worker says that was given up not at all.
   * It counts for the learner when a step was made of it, a step that is skipped too. For the
   * evaluator and the fit of lambda it counts when it is drawn; those never enter the stream.
   *
   * <p>At any time, the sampler's sequences are the learner's, those of {@link
   * #SEQUENCES_DROPPED_TOTAL} over all reasons, and those of {@link #STREAM_SEQUENCES} together.
   */
  STAGE_SEQUENCES_TOTAL(
      Type.COUNTER, "sequences", "Sequences that a stage has finished.", Label.STAGE),
  STAGE_TOKENS_TOTAL(Type.COUNTER, "tokens", "Tokens that a stage has finished.", Label.STAGE),
  STAGE_FAILURES_TOTAL(
      Type.COUNTER, "failures", "Failures of a stage's workers.", Label.STAGE, Label.FAILURE),
  STAGE_INFLIGHT_SEQUENCES(
      Type.LEVEL, "sequences", "Sequences that a stage works on now.", Label.STAGE),
  STAGE_BUSY_SECONDS_TOTAL(
      Type.COUNTER, "seconds", "Time that a stage's workers have computed.", Label.STAGE),
  STAGE_BLOCKED_SECONDS_TOTAL(
      Type.COUNTER,
      "seconds",
      "Time that a stage's workers have waited, by what for.",
      Label.STAGE,
      Label.BLOCKED),
  STAGE_LAST_ITEM_TIMESTAMP_SECONDS(
      Type.MEASURED, "seconds", "Unix time of the last item that a stage finished.", Label.STAGE),
  WAITING_SEQUENCES(
      Type.LEVEL, "sequences", "Sequences that wait for a worker of a stage.", Label.STAGE),
  ADMISSION_LIMIT_SEQUENCES(
      Type.LEVEL, "sequences", "Sequences that may have been drawn at the learner's step."),
  DRAWS_REISSUED_TOTAL(Type.COUNTER, "draws", "Draws issued again after a worker was lost."),
  SEQUENCES_DROPPED_TOTAL(
      Type.COUNTER, "sequences", "Sequences drawn and never trained on.", Label.DROP),
  STREAM_SEQUENCES(
      Type.LEVEL,
      "sequences",
      "Sequences drawn for the stream that are neither learned nor dropped yet."),
  SEQUENCE_STALENESS_STEPS(
      Type.HISTOGRAM, "steps", "Learner steps between a draw's admission and its use."),
  SEQUENCE_AGE_SECONDS(Type.HISTOGRAM, "seconds", "Time between a draw's admission and its use."),

  // Learning
  LEARNER_STEPS(Type.LEVEL, "steps", "Learner steps of the run, across resumes."),
  LEARNER_SEQUENCES(Type.LEVEL, "sequences", "Sequences learned in the run, across resumes."),
  LEARNER_LAST_STEP_TIMESTAMP_SECONDS(
      Type.MEASURED, "seconds", "Unix time of the last learner step."),
  LEARNER_STEP_DURATION_SECONDS(Type.HISTOGRAM, "seconds", "Duration of a learner step."),
  LEARNER_LOSS(Type.MEASURED, "nats", "Surrogate loss of the last batch."),
  LEARNER_GRADIENT_NORM(Type.MEASURED, "1", "Global gradient norm before clipping."),
  LEARNER_LEARNING_RATE(Type.MEASURED, "1", "Learning rate of the last step."),
  NONFINITE_STEPS_TOTAL(
      Type.COUNTER, "steps", "Steps skipped for a loss or gradient that is not finite."),

  // Distribution matching
  PARTITION_FUNCTION(Type.MEASURED, "1", "Estimate of Z, the target's partition function."),
  PARTITION_FUNCTION_STDERR(Type.MEASURED, "1", "Standard error of the estimate of Z."),
  KL_NATS(Type.MEASURED, "nats", "Kullback-Leibler divergence.", Label.KL_PAIR),
  KL_STDERR_NATS(Type.MEASURED, "nats", "Standard error of the divergence.", Label.KL_PAIR),
  TOTAL_VARIATION(Type.MEASURED, "1", "Total variation distance.", Label.TVD_PAIR),
  FEATURE_MOMENT(Type.MEASURED, "1", "Mean of a feature.", Label.FEATURE, Label.DISTRIBUTION),
  FEATURE_MOMENT_STDERR(
      Type.MEASURED,
      "1",
      "Standard error of the mean of a feature.",
      Label.FEATURE,
      Label.DISTRIBUTION),
  FEATURE_TARGET(Type.MEASURED, "1", "Desired mean of a feature.", Label.FEATURE),
  ADVANTAGE_MEAN(Type.MEASURED, "1", "Mean advantage of the last batch."),
  ADVANTAGE_VARIANCE(Type.MEASURED, "1", "Variance of the advantage in the last batch."),
  ADVANTAGE_ABS_MEAN(Type.MEASURED, "1", "Mean absolute advantage of the last batch."),
  BASELINE_MEAN(Type.MEASURED, "1", "Mean baseline of the last batch."),
  POLICY_LOSS(
      Type.MEASURED, "1", "Mean clipped loss of a token's probability in the last step, with PPO."),
  VALUE_LOSS(
      Type.MEASURED, "1", "Mean clipped loss of a token's value in the last step, with PPO."),
  CLIPPED_TOKENS_RATIO(
      Type.MEASURED,
      "ratio",
      "Share of tokens in the last step whose ratio was clipped, with PPO."),
  KL_CONTROL_BETA(
      Type.MEASURED,
      "1",
      "Weight of log(pi/a) in nats against the reward in the last step, with PPO."),
  KL_PENALTY(Type.MEASURED, "1", "Mean of beta log(pi/a), in the unit of the reward, with PPO."),
  REWARD_MEAN(Type.MEASURED, "1", "Mean reward of the policy, from the last batch."),
  EFFECTIVE_SAMPLE_SIZE_RATIO(
      Type.MEASURED, "ratio", "Effective sample size over sample size.", Label.WEIGHT),
  MAX_WEIGHT_SHARE_RATIO(
      Type.MEASURED, "ratio", "Largest weight over the sum of all.", Label.WEIGHT),
  PARETO_K(
      Type.MEASURED,
      "1",
      "Pareto k of the newest weights; estimates with them are unreliable above 0.7.",
      Label.WEIGHT),
  GRADIENT_VARIANCE(Type.MEASURED, "1", "Variance of the gradient of one sequence."),

  // Quality of samples
  DISTINCT_1(Type.MEASURED, "1", "Different words of a text over its words, on average."),
  DISTINCT_2(Type.MEASURED, "1", "Different 2-grams of a text over its words, on average."),
  DISTINCT_3(Type.MEASURED, "1", "Different 3-grams of a text over its words, on average."),
  SELF_BLEU_3(Type.MEASURED, "1", "Mean BLEU-3 of a text against the others."),
  SELF_BLEU_4(Type.MEASURED, "1", "Mean BLEU-4 of a text against the others."),
  SELF_BLEU_5(Type.MEASURED, "1", "Mean BLEU-5 of a text against the others."),
  PERPLEXITY_BASE(Type.MEASURED, "1", "Perplexity of samples of pi under the base model."),

  // Weights
  POLICY_VERSION(Type.LEVEL, "version", "Version of the policy published last."),
  PROPOSAL_VERSION(Type.LEVEL, "version", "Version of the current proposal."),
  SAMPLER_PROPOSAL_VERSION(
      Type.LEVEL, "version", "Version that a sampler has confirmed.", Label.SAMPLER),
  PROPOSAL_AGE_STEPS(Type.LEVEL, "steps", "Learner steps since the proposal was replaced."),
  PROPOSAL_REPLACEMENTS_TOTAL(
      Type.COUNTER, "decisions", "Decisions on replacing the proposal.", Label.DECISION),
  WEIGHTS_PUBLISH_DURATION_SECONDS(
      Type.MEASURED, "seconds", "Time until every sampler had confirmed the last proposal."),
  WEIGHTS_PUBLISH_FAILURES_TOTAL(
      Type.COUNTER, "failures", "Deliveries of weights that failed.", Label.PUBLISH_FAILURE),
  WEIGHTS_FINGERPRINT_MISMATCHES_TOTAL(
      Type.COUNTER, "confirmations", "Confirmations with a wrong fingerprint."),

  // Service
  BUILD_INFO(Type.INFO, "1", "Version of the program and of Java.", Label.VERSION, Label.JAVA),
  SERVICE_STATE(Type.LEVEL, "1", "1 for the state that the service is in.", Label.STATE),
  CHECKPOINT_LAST_SUCCESS_TIMESTAMP_SECONDS(
      Type.MEASURED, "seconds", "Unix time of the last complete checkpoint."),
  CHECKPOINT_DURATION_SECONDS(Type.MEASURED, "seconds", "Time to write the last checkpoint."),
  CHECKPOINT_SIZE_BYTES(Type.MEASURED, "bytes", "Size of the last checkpoint."),
  CHECKPOINT_FAILURES_TOTAL(Type.COUNTER, "failures", "Checkpoints that could not be written."),
  NATIVE_TENSOR_BYTES(
      Type.MEASURED,
      "bytes",
      "Memory that native code holds outside the Java heap, nearly all of it tensors.");

  /** What every name starts with in Prometheus. */
  public static final String PREFIX = "tributary_";

  /** Kinds of metrics. */
  public enum Type {
    /** Only grows, from 0 at the start of the process. */
    COUNTER,
    /** A gauge of something that is counted: 0 at the start. */
    LEVEL,
    /** A gauge of something that is measured: NaN until it has been. */
    MEASURED,
    /** Counts of observations by size. */
    HISTOGRAM,
    /** A constant 1 whose labels carry the information. */
    INFO
  }

  private static final Map<String, Metric> BY_KEY =
      Arrays.stream(values()).collect(Collectors.toMap(Metric::key, Function.identity()));

  private final Type type;
  private final String unit;
  private final String help;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<Label> labels;

  Metric(Type type, String unit, String help, Label... labels) {
    this.type = type;
    this.unit = unit;
    this.help = help;
    this.labels = List.of(labels);
  }

  /**
   * The metric with this name (without prefix).
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Metric of(String key) {
    Metric metric = BY_KEY.get(key);
    if (metric == null) {
      throw new IllegalArgumentException(
          "no metric is called %s; declare it in %s".formatted(key, Metric.class.getName()));
    }
    return metric;
  }

  /**
   * The metric of a measurement, whose labels are checked.
   *
   * @throws IllegalArgumentException if the name, the number of labels or a label's value is not
   *     declared
   */
  static Metric of(Measurements.Key key) {
    Metric metric = of(key.name());
    metric.check(key.labels());
    return metric;
  }

  private void check(List<String> values) {
    if (values.size() != labels.size()) {
      throw new IllegalArgumentException(
          "%s has the labels %s, got the values %s".formatted(key(), labelNames(), values));
    }
    for (int i = 0; i < labels.size(); i++) {
      Label label = labels.get(i);
      if (!label.open() && !label.values().contains(values.get(i))) {
        throw new IllegalArgumentException(
            "label %s of %s is one of %s, got %s"
                .formatted(label.name(), key(), label.values(), values.get(i)));
      }
    }
  }

  /** The name without prefix: the key in {@link Measurements} and {@code metrics.jsonl}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name in Prometheus. */
  public String exposedName() {
    return PREFIX + key();
  }

  public Type type() {
    return type;
  }

  /** The unit in words; "1" for a pure number. */
  public String unit() {
    return unit;
  }

  public String help() {
    return help;
  }

  public List<Label> labels() {
    return labels;
  }

  /** Names of the labels, in the order in which their values are given everywhere. */
  public List<String> labelNames() {
    return labels.stream().map(Label::name).toList();
  }
}
