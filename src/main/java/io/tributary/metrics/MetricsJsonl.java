package io.tributary.metrics;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.tributary.io.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Rows of {@code metrics.jsonl}: one JSON object per learner step, evaluation, or publication whose
 * policy was measured on held-out sequences. Keys are the names of metrics, in alphabetical order;
 * labels become nested objects. Values that are not finite are left out, since JSON can't express
 * them.
 */
public final class MetricsJsonl {
  /** The key that marks the rows of evaluations. */
  public static final String EVALUATION = "evaluation";

  /** The key that marks the rows of publications. */
  public static final String PUBLICATION = "publication";

  private MetricsJsonl() {}

  /** The row of a learner step, without a line end. */
  public static String step(long step, long sequences, Measurements measurements) {
    return row(step, sequences, null, measurements);
  }

  /** The row of an evaluation after {@code step} steps, without a line end. */
  public static String evaluation(long step, long sequences, Measurements measurements) {
    return row(step, sequences, EVALUATION, measurements);
  }

  /** The row of the policy published after {@code step} steps, without a line end. */
  public static String publication(long step, long sequences, Measurements measurements) {
    return row(step, sequences, PUBLICATION, measurements);
  }

  private static String row(
      long step, long sequences, @Nullable String mark, Measurements measurements) {
    JsonObject row = new JsonObject();
    row.addProperty("step", step);
    row.addProperty("sequences", sequences);
    if (mark != null) {
      row.addProperty(mark, true);
    }
    json(measurements.values()).asMap().forEach(row::add);
    return row.toString();
  }

  /** Measurements as a JSON object, sorted by name and labels. */
  public static JsonObject json(Map<Measurements.Key, Double> measurements) {
    JsonObject json = new JsonObject();
    for (var measured : new TreeMap<>(measurements).entrySet()) {
      if (Double.isFinite(measured.getValue())) {
        add(json, measured.getKey(), Json.number(measured.getValue()));
      }
    }
    return json;
  }

  /** The measurements of a row; other keys are ignored. */
  public static Measurements measurements(JsonObject row) {
    Measurements measurements = new Measurements();
    for (Metric metric : Metric.values()) {
      JsonElement value = row.get(metric.key());
      if (value != null) {
        collect(measurements, metric, value, List.of());
      }
    }
    return measurements;
  }

  private static void collect(
      Measurements measurements, Metric metric, JsonElement value, List<String> labels) {
    if (value instanceof JsonObject byLabel) {
      byLabel
          .asMap()
          .forEach(
              (label, inner) -> {
                List<String> more = new ArrayList<>(labels);
                more.add(label);
                collect(measurements, metric, inner, more);
              });
    } else if (metric.flaw(labels) == null) {
      measurements.put(new Measurements.Key(metric, labels), value.getAsDouble());
    }
  }

  private static void add(JsonObject json, Measurements.Key key, JsonElement value) {
    List<String> labels = key.labels();
    JsonObject parent = json;
    String name = key.metric().key();
    for (String label : labels) {
      if (!parent.has(name)) {
        parent.add(name, new JsonObject());
      }
      parent = parent.getAsJsonObject(name);
      name = label;
    }
    parent.add(name, value);
  }
}
