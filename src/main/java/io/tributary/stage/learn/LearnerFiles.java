package io.tributary.stage.learn;

import com.google.gson.JsonObject;
import io.tributary.io.JsonLines;
import io.tributary.metrics.MetricsJsonl;
import io.tributary.stage.learn.checkpoint.Checkpoint;
import io.tributary.stage.learn.checkpoint.CheckpointStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Stream;

/**
 * Where a run writes.
 *
 * @param metrics rows of steps and evaluations
 * @param samples sequences for people to read
 * @param versions every version given to a policy
 * @param target sequences that stand for the target
 */
public record LearnerFiles(
    CheckpointStore checkpoints,
    JsonLines metrics,
    JsonLines samples,
    JsonLines versions,
    TargetSampleFile target) {

  /**
   * Writes a checkpoint, after the rows of its steps have been flushed to disk.
   *
   * @return its size in bytes
   */
  long write(Checkpoint checkpoint) throws IOException {
    metrics.flush();
    versions.flush();
    return checkpoints.write(checkpoint);
  }

  /**
   * Removes the rows of later steps; those of versions stay, since none is given twice.
   *
   * @param evaluation whether to remove the evaluation of this step too, if it is the last row
   */
  void truncateAfter(long step, boolean evaluation) {
    try {
      metrics.cutAfter(step);
      samples.cutAfter(step);
      if (evaluation) {
        metrics.cutLast(
            row -> row.get("step").getAsLong() == step && row.has(MetricsJsonl.EVALUATION));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The highest version given to a policy, since the last checkpoint too; 0 if there is none. */
  long lastVersion() {
    try (Stream<JsonObject> rows = versions.rows()) {
      return rows.mapToLong(row -> row.get("version").getAsLong()).max().orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
