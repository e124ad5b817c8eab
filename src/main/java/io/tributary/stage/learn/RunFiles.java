package io.tributary.stage.learn;

import io.tributary.io.JsonLines;
import io.tributary.stage.learn.checkpoint.Checkpoint;
import io.tributary.stage.learn.checkpoint.CheckpointStore;
import java.io.IOException;

/**
 * Where a run writes.
 *
 * @param metrics rows of steps and evaluations
 * @param samples sequences for people to read
 * @param versions every version given to a policy
 */
public record RunFiles(
    CheckpointStore checkpoints, JsonLines metrics, JsonLines samples, JsonLines versions) {

  /**
   * Writes a checkpoint, after the rows of its steps have been flushed to disk.
   *
   * @return its size in bytes
   */
  public long write(Checkpoint checkpoint) throws IOException {
    metrics.flush();
    versions.flush();
    return checkpoints.write(checkpoint);
  }
}
