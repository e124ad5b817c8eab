package io.tributary.run.files;

import io.tributary.config.EffectiveConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.data.BadInputException;
import io.tributary.io.DiskRoom;
import io.tributary.io.Json;
import io.tributary.io.JsonLines;
import io.tributary.io.LastingFiles;
import io.tributary.io.ProcessLock;
import io.tributary.stage.learn.LearnerFiles;
import io.tributary.stage.learn.TargetSampleFile;
import io.tributary.stage.learn.checkpoint.CheckpointStore;
import io.tributary.stage.learn.checkpoint.Retention;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The directory of a run, locked for this process.
 *
 * @param files what the learner writes in it
 */
public record RunDirectory(Path home, ProcessLock lock, LearnerFiles files)
    implements AutoCloseable {
  private static final String EFFECTIVE = "effective.conf";
  private static final String TEXTS = "comparison.json";
  private static final long MAX_SAMPLES_BYTES = 64L << 20;
  private static final long MAX_AUDIT_BYTES = 16L << 20;

  /** Whether a run was started in this directory, so that it can be resumed. */
  public static boolean isBegun(Path home) {
    return Files.exists(home.resolve(EFFECTIVE));
  }

  /**
   * Creates or opens the directory of a run, and locks it.
   *
   * @throws BadInputException if there is a run that is not to be resumed, or none to resume; if
   *     another process uses the directory, or it can't be written; if the disk has no room for the
   *     checkpoints to keep and one more being written
   */
  public static RunDirectory claim(TributaryConfig config, boolean resume, long checkpointBytes) {
    Path home = config.run().home();
    CheckpointStore checkpoints =
        new CheckpointStore(home.resolve("checkpoints"), Retention.of(config.checkpoint()));
    JsonLines metrics = new JsonLines(home.resolve("metrics.jsonl"));
    ProcessLock lock = null;
    try {
      if (!resume && (metrics.hasRows() || !checkpoints.steps().isEmpty())) {
        throw new BadInputException(
            "%s already holds a run: --resume continues it, another run.name starts a new one"
                .formatted(home));
      }
      if (resume && checkpoints.steps().isEmpty() && !isBegun(home)) {
        throw new BadInputException(
            "%s holds no run to resume; runs in %s: %s"
                .formatted(home, config.run().directory(), runs(config.run().directory())));
      }
      Files.createDirectories(home);
      lock =
          ProcessLock.tryLock(home.resolve(".lock"))
              .orElseThrow(() -> new BadInputException(home + " is in use by another trainer"));
      checkpoints.cleanUp();
      requireRoom(config, home, checkpoints.steps().size(), checkpointBytes);
      return new RunDirectory(
          home,
          lock,
          new LearnerFiles(
              checkpoints,
              metrics,
              new JsonLines(home.resolve("samples.jsonl"), MAX_SAMPLES_BYTES),
              new JsonLines(home.resolve("versions.jsonl")),
              new TargetSampleFile(home.resolve("target-sample.jsonl"))));
    } catch (IOException | UncheckedIOException e) {
      ProcessLock.release(lock);
      throw new BadInputException("run.directory: %s can't be used: %s".formatted(home, e), e);
    } catch (BadInputException e) {
      ProcessLock.release(lock);
      throw e;
    }
  }

  private static void requireRoom(
      TributaryConfig config, Path home, int present, long checkpointBytes) throws IOException {
    int kept = config.checkpoint().mostKept();
    int missing = Math.max(1, kept + 1 - present);
    DiskRoom.require(
        "run.directory",
        home,
        "keeping %d checkpoints while another one is written".formatted(kept),
        checkpointBytes > Long.MAX_VALUE / missing ? Long.MAX_VALUE : checkpointBytes * missing);
  }

  /** Names of the runs in a directory. */
  private static List<String> runs(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(RunDirectory::isBegun)
          .map(entry -> String.valueOf(entry.getFileName()))
          .sorted()
          .toList();
    }
  }

  /**
   * Records the configuration in force and where each value came from, replacing the last record.
   *
   * @throws BadInputException if it can't be written; the last record is intact then
   */
  public void record(EffectiveConfig config) {
    Path file = home.resolve(EFFECTIVE);
    try {
      LastingFiles.replace(file, config.trainingWithOrigins());
    } catch (IOException e) {
      throw new BadInputException("run.directory: %s can't be written: %s".formatted(file, e), e);
    }
  }

  /** The log of what operators did, rotated by size. */
  public JsonLines auditLog() {
    return new JsonLines(home.resolve("audit.jsonl"), MAX_AUDIT_BYTES);
  }

  private record Texts(List<String> base, List<String> policy) {}

  /**
   * Records texts of base model and policy side by side.
   *
   * @throws IOException if they can't be written
   */
  public void recordTexts(List<String> base, List<String> policy) throws IOException {
    LastingFiles.replace(home.resolve(TEXTS), Json.of(new Texts(base, policy)) + "\n");
  }

  /** Whether texts of base model and policy are recorded. */
  public boolean hasTexts() {
    return Files.exists(home.resolve(TEXTS));
  }

  @Override
  public void close() {
    lock.close();
  }
}
