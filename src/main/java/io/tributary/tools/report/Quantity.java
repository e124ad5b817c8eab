package io.tributary.tools.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.tributary.metrics.Metric;
import java.util.Optional;

/** What a report reads from the rows of {@code metrics.jsonl}, besides the moments of features. */
enum Quantity {
  ADVANTAGE("mean advantage", "unit of P/q", false, Metric.ADVANTAGE_MEAN),
  BASELINE("mean baseline", "unit of P/q", false, Metric.BASELINE_MEAN),
  ADVANTAGE_VARIANCE("Var(A)", "variance, unit of P/q squared", false, Metric.ADVANTAGE_VARIANCE),
  ADVANTAGE_SIZE("mean |A|", "unit of P/q", false, Metric.ADVANTAGE_ABS_MEAN),
  EFFECTIVE_SAMPLE_SIZE(
      "effective sample size", "ratio", false, Metric.EFFECTIVE_SAMPLE_SIZE_RATIO, "p_q"),
  GRADIENT_VARIANCE("Var(G)", "variance of a sequence's gradient", false, Metric.GRADIENT_VARIANCE),
  TOTAL_VARIATION("TVD(p, π)", "estimate from batches", false, Metric.TOTAL_VARIATION, "p_pi"),
  KL_TARGET("KL(p‖π)", "nats", true, Metric.KL_NATS, "p_pi"),
  KL_TARGET_ERROR("s.e. of KL(p‖π)", "nats", true, Metric.KL_STDERR_NATS, "p_pi"),
  KL_BASE("KL(π‖a)", "nats", true, Metric.KL_NATS, "pi_a"),
  KL_BASE_ERROR("s.e. of KL(π‖a)", "nats", true, Metric.KL_STDERR_NATS, "pi_a"),
  SELF_BLEU("Self-BLEU-5", "0 to 1", true, Metric.SELF_BLEU_5),
  DISTINCT("Distinct-1", "0 to 1", true, Metric.DISTINCT_1),
  PERPLEXITY("perplexity under a", "per token", true, Metric.PERPLEXITY_BASE);

  private final String title;
  private final String unit;
  private final boolean ofEvaluations;
  private final Metric metric;
  private final String label;

  Quantity(String title, String unit, boolean ofEvaluations, Metric metric, String... label) {
    this.title = title;
    this.unit = unit;
    this.ofEvaluations = ofEvaluations;
    this.metric = metric;
    this.label = String.join("", label);
  }

  String title() {
    return title;
  }

  /** The unit, as the label of an axis. */
  String unit() {
    return unit;
  }

  /** Its value in a row of {@code metrics.jsonl}; empty if the row has none. */
  Optional<Double> in(JsonObject row) {
    JsonElement value = row.get(metric.key());
    return Optional.ofNullable(value instanceof JsonObject ls ? ls.get(label) : value)
        .map(JsonElement::getAsDouble);
  }

  /** Whether it is in rows of evaluations, and not in those of steps. */
  boolean isOfEvaluations() {
    return ofEvaluations;
  }
}
