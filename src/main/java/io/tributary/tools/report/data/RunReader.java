package io.tributary.tools.report.data;

import com.google.gson.JsonObject;
import io.tributary.io.JsonLines;
import io.tributary.metrics.Metric;
import io.tributary.metrics.MetricsJsonl;
import io.tributary.tools.experiment.CellRecord;
import io.tributary.tools.experiment.ComparedTexts;
import io.tributary.tools.report.data.RunData.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads the files of a run, even while it is running. */
final class RunReader {
  private final Map<Quantity, List<double[]>> values = new EnumMap<>(Quantity.class);
  private final Map<String, List<double[]>> moments = new TreeMap<>();
  private final Map<String, List<double[]>> momentErrors = new TreeMap<>();
  private long sequences;

  private RunReader() {}

  /**
   * Reads a run's files.
   *
   * @param run its directory, which need not be there
   * @param failure why it failed, if it has
   */
  static RunData read(Path run, CellRecord cell, Optional<String> failure) throws IOException {
    RunReader reader = new RunReader();
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
        series(reader.values),
        series(reader.moments),
        series(reader.momentErrors),
        texts.map(ComparedTexts::base).orElse(List.of()),
        texts.map(ComparedTexts::policy).orElse(List.of()));
  }

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
      take(row, Metric.FEATURE_MOMENT, moments);
      take(row, Metric.FEATURE_MOMENT_STDERR, momentErrors);
    }
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
