package io.tributary.stage.learn.checkpoint;

import com.google.gson.JsonParseException;
import io.tributary.data.BadInputException;
import io.tributary.io.LastingFiles;
import io.tributary.model.DecoderConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a run: writes them, reads them verified, and keeps those that the retention
 * names.
 */
public final class CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);

  private final CheckpointDirectory directory;
  private final KeptCheckpoints kept;

  /**
   * @param directory holds the checkpoints; made when the first is written
   * @param retention which of them are kept
   */
  public CheckpointStore(Path directory, Retention retention) {
    this.directory = new CheckpointDirectory(directory);
    this.kept = new KeptCheckpoints(this.directory, retention);
  }

  /**
   * Writes a checkpoint and flushes it to disk, then removes those that are no longer kept; if that
   * fails, it is retried after the next one. A whole checkpoint of the same step and state is left
   * as it is.
   *
   * @return its size in bytes
   * @throws IOException if the disk is full or can't be written; nothing is left behind then
   */
  public long write(Checkpoint checkpoint) throws IOException {
    long step = checkpoint.state().step();
    Optional<Manifest> same = sameAs(checkpoint);
    if (same.isPresent()) {
      return same.get().bytes();
    }
    Path part = directory.part(step);
    try {
      Manifest manifest = new CheckpointFiles(part).write(checkpoint);
      kept.forget(step);
      directory.complete(step);
      kept.prune(step);
      return manifest.bytes();
    } catch (IOException e) {
      LastingFiles.delete(part, e);
      throw e;
    }
  }

  private Optional<Manifest> sameAs(Checkpoint checkpoint) {
    CheckpointFiles present = files(checkpoint.state().step());
    try {
      if (Files.isDirectory(present.directory())) {
        Manifest manifest = present.verify();
        return present.hasState(checkpoint.state()) ? Optional.of(manifest) : Optional.empty();
      }
    } catch (IOException e) {
      LOG.warn("the existing {} can't be read and is written again", present.directory(), e);
    }
    return Optional.empty();
  }

  /** Clears away what a killed process has left behind. No process may be using the directory. */
  public void cleanUp() throws IOException {
    directory.cleanUp();
  }

  /** Steps of all existing checkpoints, complete or not, newest first. */
  public List<Long> steps() {
    return directory.steps();
  }

  /** Where the checkpoint of a step is, if there is one. */
  public Path directory(long step) {
    return directory.of(step);
  }

  private CheckpointFiles files(long step) {
    return new CheckpointFiles(directory.of(step));
  }

  /**
   * Finds the newest whole checkpoint and reads its state.
   *
   * @param at only the one of this step, if present
   * @param skipped receives the reason for each one that is skipped
   * @return empty if there is none at all
   * @throws BadInputException if there are some and none is usable, or the one asked for is not, or
   *     the one that would be read is of a newer program: to skip it would lose its work
   */
  public Optional<LearnerState> state(OptionalLong at, Consumer<String> skipped) {
    List<Long> candidates = at.isPresent() ? List.of(at.getAsLong()) : steps();
    String last = "";
    for (long step : candidates) {
      CheckpointFiles files = files(step);
      files.requireKnownFormat();
      try {
        files.verify();
        return Optional.of(files.state());
      } catch (IOException | JsonParseException | BadInputException e) {
        last = files.directory() + " can't be used: " + e.getMessage();
        skipped.accept(last);
      }
    }
    if (candidates.isEmpty()) {
      return Optional.empty();
    }
    throw new BadInputException(
        "no usable checkpoint in %s, there are those of steps %s; %s"
            .formatted(directory.path(), steps(), last));
  }

  /**
   * Reads the checkpoint of a step.
   *
   * @throws BadInputException if it is not whole, or of another model
   */
  public Checkpoint read(long step, DecoderConfig model) {
    return files(step).read(model);
  }

  /**
   * Puts the checkpoints of later steps aside, as {@code superseded-step-…}: a run that is resumed
   * from {@code step} would take them for its newest. They stay until the run has a checkpoint of
   * their step or of a later one again.
   *
   * @return the steps whose checkpoints were put aside
   */
  public List<Long> setAsideAfter(long step) throws IOException {
    List<Long> later = steps().stream().filter(s -> s > step).toList();
    for (long s : later) {
      kept.forget(s);
      directory.setAside(s);
    }
    return later;
  }

  /** Which checkpoints are kept, and how they compare. */
  public KeptCheckpoints kept() {
    return kept;
  }
}
