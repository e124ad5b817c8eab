package io.tributary.stage.learn.checkpoint;

import io.tributary.data.BadInputException;
import io.tributary.data.LogMarkers;
import io.tributary.protocol.LearnerCommand.CheckpointEnded;
import io.tributary.protocol.LearnerCommand.CheckpointFailed;
import io.tributary.protocol.LearnerCommand.CheckpointSaved;
import io.tributary.protocol.LearnerCommand.Saved;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.RunStatus;
import io.tributary.stage.learn.TrainingRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes checkpoints in the background, one at a time: hashing and flushing take far longer than
 * the copy that the learner makes. For the learner's thread.
 */
public final class CheckpointWriter {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);

  private final TrainingRun.Files files;
  private final Executor background;
  private final Consumer<CheckpointEnded> ended;
  private final Consumer<LearnerEvent> events;
  private final List<CompletableFuture<Saved>> asked = new ArrayList<>();
  private List<CompletableFuture<Saved>> served = List.of(); // by what is being written
  private @Nullable CompletableFuture<CheckpointEnded> writing;
  private boolean owed;
  private long lastNanos = System.nanoTime();
  private @Nullable Long awaitedNanos;

  /**
   * @param background runs what waits for the disk
   * @param ended told of the end of each writing, on the background's thread; {@link #hear} is to
   *     follow on the learner's
   * @param events hears what became of each
   */
  public CheckpointWriter(
      TrainingRun.Files files,
      Executor background,
      Consumer<CheckpointEnded> ended,
      Consumer<LearnerEvent> events) {
    this.files = files;
    this.background = background;
    this.ended = ended;
    this.events = events;
  }

  /** Whether a checkpoint is being written, or has been and the learner has not heard of it yet. */
  public boolean isBusy() {
    return writing != null;
  }

  /** Whether the last one failed, and is to be tried again. */
  public boolean isOwed() {
    return owed;
  }

  /** Whether somebody has asked for a checkpoint that is not begun yet. */
  public boolean isAsked() {
    return !asked.isEmpty();
  }

  /** Nanoseconds since the last one was begun. */
  public long nanosSinceLast() {
    return System.nanoTime() - lastNanos;
  }

  /** Training stands still from now on, until the one that is being written is heard of. */
  public void await() {
    awaitedNanos = System.nanoTime();
  }

  /** Somebody wants to know what becomes of the next one. */
  public void ask(CompletableFuture<Saved> saved) {
    asked.add(saved);
  }

  /**
   * Copies what a checkpoint consists of and has it written; none may be under way. Older ones give
   * way to one that was asked for, where the disk is full.
   */
  public void write(Supplier<Checkpoint> copy) {
    if (writing != null) {
      throw new IllegalStateException(
          "a checkpoint is begun while another one is still being written");
    }
    lastNanos = System.nanoTime();
    long start = lastNanos;
    Checkpoint checkpoint = copy.get();
    Duration pause = Duration.ofNanos(System.nanoTime() - start);
    served = List.copyOf(asked);
    asked.clear();
    boolean makesRoom = !served.isEmpty();
    CompletableFuture<CheckpointEnded> result = new CompletableFuture<>();
    background.execute(
        () -> {
          CheckpointEnded end = written(checkpoint, start, pause, makesRoom);
          result.complete(end);
          ended.accept(end);
        });
    writing = result;
  }

  /** Comes to an end whatever happens, since training waits for it. */
  private CheckpointEnded written(
      Checkpoint checkpoint, long start, Duration pause, boolean makesRoom) {
    long bytes = 0;
    Exception failure = null;
    try {
      bytes = files.write(checkpoint);
    } catch (Exception e) {
      if (makesRoom && files.checkpoints().makeRoom(checkpoint.bytes())) {
        return written(checkpoint, start, pause, false);
      }
      failure = e;
    } catch (Error e) { // such as that there is no more memory for direct buffers
      failure = new IllegalStateException(e.toString(), e);
    }
    Duration duration = Duration.ofNanos(System.nanoTime() - start);
    return new CheckpointEnded(checkpoint.state().step(), bytes, duration, pause, kept(), failure);
  }

  /** That they can't be listed takes nothing from a checkpoint that is written. */
  private List<RunStatus.Checkpoint> kept() {
    try {
      return files.checkpoints().kept(RunStatus.CHECKPOINTS_SHOWN);
    } catch (BadInputException e) {
      LOG.warn("the checkpoints are not shown", e);
      return List.of();
    }
  }

  /** The learner has heard of the end of the writing under way. */
  public void hear(CheckpointEnded end) {
    writing = null;
    Long since = awaitedNanos;
    awaitedNanos = null;
    Duration waited = Duration.ofNanos(since == null ? 0 : System.nanoTime() - since);
    Exception failure = end.failure();
    owed = failure != null;
    Saved saved;
    if (failure == null) {
      events.accept(
          new LearnerEvent.CheckpointWritten(
              end.step(), end.bytes(), end.duration(), end.pause().plus(waited), end.kept()));
      saved = new CheckpointSaved(end.step());
    } else {
      LOG.error(
          LogMarkers.REPORTED, "no checkpoint of step {}; it is tried again", end.step(), failure);
      String reason = String.valueOf(failure.getMessage());
      events.accept(new LearnerEvent.CheckpointFailed(end.step(), reason));
      saved = new CheckpointFailed(reason);
    }
    served.forEach(each -> each.complete(saved));
    served = List.of();
  }

  /** Waits for the writing under way, if there is one: nobody else may write to the same place. */
  public void stop() {
    CompletableFuture<CheckpointEnded> underWay = writing;
    if (underWay != null) {
      hear(underWay.join());
    }
    asked.forEach(each -> each.complete(new CheckpointFailed("the learner has stopped")));
  }
}
