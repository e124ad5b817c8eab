package io.tributary.stage.learn;

import io.tributary.data.BadInputException;
import io.tributary.data.LogMarkers;
import io.tributary.protocol.LearnerCommand.CheckpointFailed;
import io.tributary.protocol.LearnerCommand.CheckpointSaved;
import io.tributary.protocol.LearnerCommand.NothingToSave;
import io.tributary.protocol.LearnerCommand.Saved;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.LearnerEvent.CheckpointWritten;
import io.tributary.protocol.RunStatus;
import io.tributary.stage.learn.checkpoint.Checkpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes checkpoints in the background, one at a time: hashing and flushing take far longer than
 * the copy that the learner makes. For the learner's thread.
 */
final class CheckpointWriter {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);

  private final TrainingRun run;
  private final Executor background;
  private final Consumer<Ended> ended;
  private final Consumer<LearnerEvent> events;
  private final List<CompletableFuture<Saved>> requested = new ArrayList<>();
  private List<CompletableFuture<Saved>> served = List.of(); // by what is being written
  private @Nullable CompletableFuture<Ended> writing;
  private boolean failed;
  private long lastNanos = System.nanoTime();
  private @Nullable Long awaitedNanos;

  /** The end of one write: written, with the pause for the copy alone, or failed. */
  record Ended(LearnerEvent event) {}

  /**
   * @param background runs blocking writes
   * @param ended receives the end of each write, on the background's thread; the learner then calls
   *     {@link #hear} on its own
   * @param events receives the outcome of each
   */
  CheckpointWriter(
      TrainingRun run, Executor background, Consumer<Ended> ended, Consumer<LearnerEvent> events) {
    this.run = run;
    this.background = background;
    this.ended = ended;
    this.events = events;
  }

  /** Whether a checkpoint is being written, or its end has not been handled yet. */
  boolean isBusy() {
    return writing != null;
  }

  /** Whether a checkpoint was requested and has not begun yet. */
  boolean isRequested() {
    return !requested.isEmpty();
  }

  /**
   * Whether a checkpoint of the current state is due: as scheduled, because the policy is one of
   * the best, or because the last one failed.
   */
  boolean isDue(StepSchedule schedule) {
    boolean again = failed && schedule.isPublicationDue(run.step());
    return schedule.writesCheckpoints()
        && (again
            || schedule.isCheckpointDue(run.step(), System.nanoTime() - lastNanos)
            || run.isAmongTheBest());
  }

  /** Training pauses from now on, until {@link #hear}. */
  void await() {
    awaitedNanos = System.nanoTime();
  }

  /**
   * Has a checkpoint of the current state written, after the one that is being written.
   *
   * @param saved completed with the outcome
   */
  void save(StepSchedule schedule, CompletableFuture<Saved> saved) {
    if (!schedule.writesCheckpoints()) {
      saved.complete(new NothingToSave("checkpoint.keep = 0: no checkpoints are written"));
    } else if (!run.isBegun()) {
      saved.complete(new NothingToSave("Z is not estimated yet; a resumed run would begin again"));
    } else {
      requested.add(saved);
      if (!isBusy()) {
        write();
      }
    }
  }

  /**
   * Copies the current state and has it written in the background; no other write may be under way.
   * On a full disk, older checkpoints make room for one that was requested.
   */
  void write() {
    if (writing != null) {
      throw new IllegalStateException("a checkpoint is begun while another is being written");
    }
    lastNanos = System.nanoTime();
    long start = lastNanos;
    Checkpoint checkpoint = run.checkpoint();
    Duration pause = Duration.ofNanos(System.nanoTime() - start);
    served = List.copyOf(requested);
    requested.clear();
    boolean makesRoom = !served.isEmpty();
    writing =
        CompletableFuture.supplyAsync(
            () -> new Ended(written(checkpoint, start, pause, makesRoom)), background);
    var unused = writing.thenAccept(ended);
  }

  /** Never throws, since training may wait for the result. */
  private LearnerEvent written(
      Checkpoint checkpoint, long start, Duration pause, boolean makesRoom) {
    long step = checkpoint.state().step();
    try {
      long bytes = run.files().write(checkpoint);
      Duration duration = Duration.ofNanos(System.nanoTime() - start);
      return new CheckpointWritten(step, bytes, duration, pause, kept());
    } catch (Exception e) {
      return makesRoom && run.files().checkpoints().makeRoom(checkpoint.bytes())
          ? written(checkpoint, start, pause, false)
          : failure(step, String.valueOf(e.getMessage()), e);
    } catch (Error e) { // such as no memory for direct buffers
      return failure(step, e.toString(), e);
    }
  }

  private static LearnerEvent failure(long step, String reason, Throwable cause) {
    LOG.error(
        LogMarkers.REPORTED,
        "the checkpoint of step {} could not be written; it will be retried",
        step,
        cause);
    return new LearnerEvent.CheckpointFailed(step, reason);
  }

  /** A checkpoint counts as written even if the others can't be listed. */
  private List<RunStatus.Checkpoint> kept() {
    try {
      return run.files().checkpoints().list(RunStatus.CHECKPOINTS_SHOWN);
    } catch (BadInputException e) {
      LOG.warn("the checkpoints can't be listed", e);
      return List.of();
    }
  }

  /** Handles the end of the current write. */
  void hear(Ended end) {
    writing = null;
    Long since = awaitedNanos;
    awaitedNanos = null;
    long waited = since == null ? 0 : System.nanoTime() - since;
    Saved saved;
    if (end.event() instanceof CheckpointWritten written) {
      failed = false;
      events.accept(written.withPause(written.pause().plusNanos(waited)));
      saved = new CheckpointSaved(written.step());
    } else {
      failed = true;
      events.accept(end.event());
      saved = new CheckpointFailed(((LearnerEvent.CheckpointFailed) end.event()).reason());
    }
    served.forEach(each -> each.complete(saved));
    served = List.of();
  }

  /** Waits for the current write, if there is one: nobody else may write to the same place. */
  void stop() {
    if (writing != null) {
      hear(writing.join());
    }
    requested.forEach(each -> each.complete(new CheckpointFailed("the learner has stopped")));
  }
}
