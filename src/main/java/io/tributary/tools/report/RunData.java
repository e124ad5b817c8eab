package io.tributary.tools.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.tributary.io.JsonLines;
import io.tributary.metrics.Metric;
import io.tributary.metrics.MetricsJsonl;
import io.tributary.objective.estimate.Divergences;
import io.tributary.tools.experiment.CellRecord;
import io.tributary.tools.experiment.ComparedTexts;
import io.tributary.tools.report.page.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.Stream;

/**
 * What a run has written so far, even while it is running.
 *
 * @param cell the run
 * @param state how far it has come
 * @param note describes the state
 * @param series what was measured, against the number of sequences learned from; KL(p||pi) of
 *     evaluations with the Z of the last one
 * @param moments E[phi] of evaluations, by feature
 * @param momentErrors their standard errors
 * @param baseTexts texts of the base model; empty before the end
 * @param policyTexts texts of the policy; empty before the end
 */
record RunData(
    CellRecord cell,
    State state,
    String note,
    Map<Quantity, Series> series,
    Map<String, Series> moments,
    Map<String, Series> momentErrors,
    List<String> baseTexts,
    List<String> policyTexts) {
  /** If the base model's moments are closer to their targets, there is no progress to measure. */
  private static final double LEAST_WAY = 0.05;

  /** How far a run has come. */
  enum State {
    FINISHED,
    UNFINISHED,
    FAILED,
    NOT_BEGUN;

    public String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * Reads a run's files.
   *
   * @param run its directory, which need not be there
   * @param failure why it failed, if it has
   */
  static RunData read(Path run, CellRecord cell, Optional<String> failure) throws IOException {
    Rows reader = new Rows();
    try (Stream<JsonObject> rows = new JsonLines(run.resolve("metrics.jsonl")).rows()) {
      rows.forEach(reader::take);
    }
    Optional<ComparedTexts> texts = ComparedTexts.of(run);
    State state =
        failure.isPresent()
            ? State.FAILED
            : texts.isPresent() && reader.sequences >= cell.sequences()
                ? State.FINISHED
                : Files.exists(run.resolve("effective.conf")) ? State.UNFINISHED : State.NOT_BEGUN;
    String reached =
        cell.sequences() == 0
            ? "%,d sequences".formatted(reader.sequences)
            : "%,d of %,d sequences".formatted(reader.sequences, cell.sequences());
    return new RunData(
        cell,
        state,
        failure.map(reason -> reached + "; " + reason).orElse(reached),
        reader.quantities(),
        Rows.series(reader.moments),
        Rows.series(reader.momentErrors),
        texts.map(ComparedTexts::base).orElse(List.of()),
        texts.map(ComparedTexts::policy).orElse(List.of()));
  }

  Series get(Quantity quantity) {
    return series.getOrDefault(quantity, Series.EMPTY);
  }

  boolean isFinished() {
    return state == State.FINISHED;
  }

  /** E[phi], averaged over the features that have targets. */
  Series moment() {
    return overFeatures((target, moment) -> moment);
  }

  /** The mean over features of |E[phi] - target|. */
  Series distance() {
    return overFeatures((target, moment) -> Math.abs(moment - target.target()));
  }

  /**
   * 1 - d / d_a, with d the mean over features of |E[phi] - target| and d_a that of the base model:
   * 0 at the start, 1 at the target, and less again beyond it. Empty if the base model is already
   * at its target.
   */
  Series progress() {
    Series distance = distance();
    double first = distance.first();
    return first >= LEAST_WAY ? distance.map((x, value) -> 1 - value / first) : Series.EMPTY;
  }

  /** E[phi] of a feature; empty before the first evaluation. */
  Series moment(String feature) {
    return moments.getOrDefault(feature, Series.EMPTY);
  }

  /** Standard error of E[phi] of a feature at the last evaluation, or NaN. */
  double momentError(String feature) {
    return momentErrors.getOrDefault(feature, Series.EMPTY).last();
  }

  /** The mean over features of a function of target and moment, all measured together. */
  private Series overFeatures(ToDoubleBiFunction<CellRecord.Moment, Double> function) {
    List<CellRecord.Moment> targets = cell.targets();
    if (targets.isEmpty() || targets.stream().anyMatch(t -> moment(t.feature()).isEmpty())) {
      return Series.EMPTY;
    }
    return moment(targets.get(0).feature())
        .map(
            (x, y) ->
                targets.stream()
                    .mapToDouble(t -> function.applyAsDouble(t, moment(t.feature()).at(x)))
                    .average()
                    .orElseThrow());
  }

  /** Collects points from the rows of {@code metrics.jsonl}. */
  private static final class Rows {
    private final Map<Quantity, List<double[]>> values = new EnumMap<>(Quantity.class);
    private final Map<String, List<double[]>> moments = new TreeMap<>();
    private final Map<String, List<double[]>> momentErrors = new TreeMap<>();
    private final List<Double> partitionFunctions = new ArrayList<>(); // of the evaluations
    private long sequences;

    private void take(JsonObject row) {
      sequences = Math.max(sequences, row.get("sequences").getAsLong());
      boolean evaluation = row.has(MetricsJsonl.EVALUATION);
      for (Quantity quantity : Quantity.values()) {
        if (quantity.isOfEvaluations() == evaluation) {
          List<double[]> points = values.computeIfAbsent(quantity, key -> new ArrayList<>());
          // what an evaluation lacks was measured, and could not be told
          quantity
              .in(row)
              .or(() -> evaluation ? Optional.of(Double.NaN) : Optional.empty())
              .ifPresent(value -> points.add(point(row, value)));
        }
      }
      if (evaluation) {
        JsonElement z = row.get(Metric.PARTITION_FUNCTION.key());
        partitionFunctions.add(z == null ? Double.NaN : z.getAsDouble());
        take(row, Metric.FEATURE_MOMENT, moments);
        take(row, Metric.FEATURE_MOMENT_STDERR, momentErrors);
      }
    }

    private Map<Quantity, Series> quantities() {
      List<double[]> divergences = values.getOrDefault(Quantity.KL_TARGET, List.of());
      for (int i = 0; i < divergences.size(); i++) {
        double[] point = divergences.get(i);
        double last = partitionFunctions.get(partitionFunctions.size() - 1);
        point[1] = Divergences.rebased(point[1], partitionFunctions.get(i), last);
      }
      return series(values);
    }

    private static void take(JsonObject row, Metric metric, Map<String, List<double[]>> into) {
      if (row.get(metric.key()) instanceof JsonObject features) {
        features
            .asMap()
            .forEach(
                (feature, value) ->
                    into.computeIfAbsent(feature, key -> new ArrayList<>())
                        .add(point(row, value.getAsJsonObject().get("pi").getAsDouble())));
      }
    }

    private static double[] point(JsonObject row, double value) {
      return new double[] {row.get("sequences").getAsLong(), value};
    }

    private static <K extends Comparable<K>> Map<K, Series> series(Map<K, List<double[]>> points) {
      Map<K, Series> series = new TreeMap<>();
      points.forEach((name, list) -> series.put(name, series(list)));
      return series;
    }

    /** Points (x, y) as a series; empty if no y is a number. */
    private static Series series(List<double[]> points) {
      if (points.stream().allMatch(point -> Double.isNaN(point[1]))) {
        return Series.EMPTY;
      }
      return new Series(
          points.stream().mapToDouble(point -> point[0]).toArray(),
          points.stream().mapToDouble(point -> point[1]).toArray());
    }
  }
}
