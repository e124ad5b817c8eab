package io.tributary.run.files;

import com.google.gson.JsonObject;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.MetricsJsonl;
import io.tributary.run.watch.RunWatch;
import io.tributary.stage.learn.RunFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads back what earlier processes of a resumed run have measured. */
public final class EarlierRows {
  private static final Logger LOG = LoggerFactory.getLogger(EarlierRows.class);

  private EarlierRows() {}

  /**
   * Passes the rows up to a step on to a watch. A file that can't be read is skipped: the run is
   * shown without that part of its past.
   *
   * @param step that the run resumes from
   */
  public static void tell(RunFiles files, long step, RunWatch watch) {
    try (Stream<JsonObject> rows = files.metrics().rows()) {
      rows.filter(row -> stepOf(row) <= step).forEach(row -> measured(row, watch));
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("metrics.jsonl can't be read", e);
    }
    try (Stream<JsonObject> rows = files.versions().rows()) {
      rows.filter(row -> stepOf(row) <= step && row.has("fingerprint"))
          .forEach(row -> watch.earlierReplacement(stepOf(row), row.get("version").getAsLong()));
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("versions.jsonl can't be read", e);
    }
  }

  private static void measured(JsonObject row, RunWatch watch) {
    Measurements measurements = MetricsJsonl.measurements(row);
    if (row.has(MetricsJsonl.EVALUATION)) {
      watch.earlierEvaluation(stepOf(row), measurements);
    } else {
      watch.earlierStep(stepOf(row), measurements);
    }
  }

  private static long stepOf(JsonObject row) {
    return row.get("step").getAsLong();
  }
}
