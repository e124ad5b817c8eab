package io.tributary.stage.learn.checkpoint;

import com.google.gson.JsonParseException;
import io.tributary.data.BadInputException;
import io.tributary.io.LastingFiles;
import io.tributary.model.DecoderConfig;
import io.tributary.protocol.RunStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a run: directories {@code step-00001200}, each of which appears by one rename
 * after everything in it was flushed to disk.
 */
public final class CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);
  private static final String PREFIX = "step-";
  private static final String SUPERSEDED = "superseded-";
  private static final String PART = ".part";
  private static final String EARLIER = ".earlier";
  private static final String REMOVED = ".removed";

  private final Path directory;
  private final Retention retention;
  private final Map<Long, Double> knownDivergences = new ConcurrentHashMap<>(); // by step

  /**
   * @param directory holds the checkpoints; made when the first is written
   * @param retention which of them are kept
   */
  public CheckpointStore(Path directory, Retention retention) {
    this.directory = directory;
    this.retention = retention;
  }

  /**
   * Writes a checkpoint, and then removes those that are not kept any longer; where that fails, it
   * is tried again after the next one. One of the same step that is whole and says the same is left
   * as it is.
   *
   * @return its size in bytes
   * @throws IOException if the disk is full or can't be written; nothing is left behind then
   */
  public long write(Checkpoint checkpoint) throws IOException {
    Path target = directory(checkpoint.state().step());
    Path temporary = directory.resolve("." + target.getFileName() + PART);
    Files.createDirectories(directory);
    try {
      if (Files.isDirectory(target)) {
        CheckpointFiles earlier = files(checkpoint.state().step());
        Manifest there = earlier.verify();
        if (earlier.hasState(checkpoint.state())) {
          return there.bytes();
        }
      }
    } catch (IOException e) {
      LOG.warn("the earlier {} can't be read, it is written again", target, e);
    }
    try {
      LastingFiles.delete(temporary);
      Manifest manifest = new CheckpointFiles(temporary).write(checkpoint);
      putInPlace(temporary, target);
      prune(checkpoint.state().step());
      return manifest.bytes();
    } catch (IOException e) {
      LastingFiles.delete(temporary, e);
      throw e;
    }
  }

  /** An earlier one of the same step stays until its successor is whole, out of the way. */
  private void putInPlace(Path temporary, Path target) throws IOException {
    Path earlier = directory.resolve("." + target.getFileName() + EARLIER);
    LastingFiles.delete(earlier);
    if (Files.isDirectory(target)) {
      knownDivergences.clear(); // that of its step is another one from now on
      Files.move(target, earlier, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    LastingFiles.flushDirectory(directory);
    delete(earlier);
  }

  /**
   * Clears away what a process that was killed has left behind. The directory must not be in use.
   */
  public void cleanUp() throws IOException {
    for (Path entry :
        entries(
            "\\.(" + SUPERSEDED + ")?step-\\d+(" + PART + "|" + EARLIER + "|" + REMOVED + ")")) {
      String name = String.valueOf(entry.getFileName());
      Path target = directory.resolve(name.substring(1, name.lastIndexOf('.')));
      if (name.endsWith(EARLIER) && !Files.exists(target)) {
        Files.move(entry, target, StandardCopyOption.ATOMIC_MOVE);
      } else {
        LastingFiles.delete(entry);
      }
    }
  }

  private List<Path> entries(String pattern) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(entry -> String.valueOf(entry.getFileName()).matches(pattern))
          .sorted(Comparator.reverseOrder())
          .toList();
    }
  }

  /** Steps of all checkpoints that are there, complete or not, newest first. */
  public List<Long> steps() {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .map(entry -> String.valueOf(entry.getFileName()))
          .filter(name -> name.matches(PREFIX + "\\d+"))
          .map(name -> Long.parseLong(name.substring(PREFIX.length())))
          .sorted(Comparator.reverseOrder())
          .toList();
    } catch (IOException | UncheckedIOException | NumberFormatException e) {
      throw new BadInputException(directory + " can't be read: " + e.getMessage(), e);
    }
  }

  /**
   * The newest checkpoints that were completed and the best one, newest first; whether they are
   * whole still is not looked at.
   *
   * @param newest how many of the newest at most
   */
  public List<RunStatus.Checkpoint> kept(int newest) {
    Map<Long, Double> divergences = divergences();
    Optional<Long> best =
        divergences.entrySet().stream()
            .filter(known -> Double.isFinite(known.getValue()))
            .min(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey);
    List<RunStatus.Checkpoint> kept = new ArrayList<>();
    for (long step : steps()) {
      boolean isBest = best.equals(Optional.of(step));
      if (kept.size() < newest || isBest) {
        kept(step, divergences.getOrDefault(step, Double.NaN), isBest).ifPresent(kept::add);
      }
    }
    return kept;
  }

  private Optional<RunStatus.Checkpoint> kept(long step, double divergence, boolean best) {
    Path checkpoint = directory(step);
    try {
      long bytes = Manifest.read(checkpoint).bytes();
      Instant written = Files.getLastModifiedTime(checkpoint.resolve(Manifest.NAME)).toInstant();
      return Optional.of(new RunStatus.Checkpoint(step, written, bytes, divergence, best));
    } catch (IOException | JsonParseException | BadInputException e) {
      LOG.info("the checkpoint of step {} is not shown: {}", step, e.toString());
      return Optional.empty();
    }
  }

  /**
   * Finds the newest checkpoint that is whole, and reads its state.
   *
   * @param at only the one of this step, if present
   * @param skipped told of each one that is passed over, and why
   * @return empty if there is none at all
   * @throws BadInputException if there are some and none can be used, or the asked one can't, or
   *     that which would be read is one of a newer program: to pass it over would lose its work
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
            .formatted(directory, steps(), last));
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
   * Puts the checkpoints of later steps aside, as {@code superseded-step-…}: a run that goes on
   * from {@code step} would take them for its newest. They stay until the run has a checkpoint of
   * their step or of a later one again.
   *
   * @return the steps whose checkpoints were put aside
   */
  public List<Long> setAsideAfter(long step) throws IOException {
    List<Long> later = steps().stream().filter(s -> s > step).toList();
    for (long s : later) {
      Path aside = directory.resolve(SUPERSEDED + name(s));
      LastingFiles.delete(aside);
      knownDivergences.remove(s);
      Files.move(directory(s), aside, StandardCopyOption.ATOMIC_MOVE);
    }
    return later;
  }

  /** Where the checkpoint of a step is, if there is one. */
  public Path directory(long step) {
    return directory.resolve(name(step));
  }

  private CheckpointFiles files(long step) {
    return new CheckpointFiles(directory(step));
  }

  private static String name(long step) {
    return PREFIX + "%08d".formatted(step);
  }

  /**
   * Where the disk has too little room for a checkpoint, removes those that are older than the
   * newest one that is whole, but for the best and those that are kept by their steps. Nothing is
   * removed where none is whole.
   *
   * @param bytes size of the checkpoint
   * @return whether any were removed
   */
  boolean makeRoom(long bytes) {
    try {
      if (Files.getFileStore(directory).getUsableSpace() >= bytes) {
        return false;
      }
      Optional<Long> whole = steps().stream().filter(this::isWhole).findFirst();
      if (whole.isEmpty()) {
        return false;
      }
      Map<Long, Double> known = divergences();
      known.keySet().removeIf(step -> step > whole.get());
      return remove(retention.lasting().superfluous(known));
    } catch (IOException | BadInputException e) {
      LOG.warn("no room can be made in {}", directory, e);
      return false;
    }
  }

  private boolean isWhole(long step) {
    try {
      files(step).verify();
      return true;
    } catch (IOException e) {
      LOG.warn("the checkpoint of step {} is not whole", step, e);
      return false;
    }
  }

  /**
   * Whether a policy with this KL(p||pi) in nats is one of the best, and is to be kept as such; not
   * where the others can't be listed.
   */
  public boolean ranks(double divergence) {
    try {
      return retention.best() > 0 && retention.ranks(divergence, divergences());
    } catch (BadInputException e) {
      LOG.warn("whether a policy is one of the best can't be told", e);
      return false;
    }
  }

  /** What fails here takes nothing from the checkpoint that was written. */
  private void prune(long reached) {
    try {
      remove(retention.superfluous(divergences()));
      removeSuperseded(reached);
    } catch (BadInputException e) {
      LOG.warn("old checkpoints are not removed; it is tried again after the next one", e);
    }
  }

  private boolean remove(Set<Long> steps) {
    for (long step : steps) {
      remove(directory(step));
    }
    return !steps.isEmpty();
  }

  /** KL(p||pi) by step; NaN where it is not known, or where it is not asked for. */
  private Map<Long, Double> divergences() {
    Map<Long, Double> divergences = new TreeMap<>();
    for (long step : steps()) {
      divergences.put(step, retention.best() > 0 ? divergence(step) : Double.NaN);
    }
    return divergences;
  }

  private double divergence(long step) {
    Double read = knownDivergences.get(step);
    if (read != null) {
      return read;
    }
    try {
      Double known = files(step).state().divergence();
      double divergence = known == null ? Double.NaN : known;
      knownDivergences.put(step, divergence);
      return divergence;
    } catch (IOException | JsonParseException | BadInputException e) {
      LOG.warn("the checkpoint of step {} does not tell how good it is", step, e);
      return Double.NaN;
    }
  }

  /** Removes what was put aside, and what the run has made again. */
  private void removeSuperseded(long reached) {
    try {
      for (Path entry : entries(SUPERSEDED + PREFIX + "\\d+")) {
        if (Long.parseLong(entry.getFileName().toString().replaceAll("\\D", "")) <= reached) {
          remove(entry);
        }
      }
    } catch (IOException e) {
      LOG.warn("what was superseded can't be listed", e);
    }
  }

  /** Takes it out of the way first, so that a kill leaves no half of it in its place. */
  private void remove(Path checkpoint) {
    try {
      Path removed = directory.resolve("." + checkpoint.getFileName() + REMOVED);
      LastingFiles.delete(removed);
      Files.move(checkpoint, removed, StandardCopyOption.ATOMIC_MOVE);
      LastingFiles.delete(removed);
    } catch (IOException e) {
      LOG.warn("the old checkpoint {} can't be removed", checkpoint, e);
    }
  }

  /** What stays of it is out of the way, and removed when the run goes on some day. */
  private static void delete(Path earlier) {
    try {
      LastingFiles.delete(earlier);
    } catch (IOException e) {
      LOG.warn("what is left of an earlier checkpoint, {}, can't be removed", earlier, e);
    }
  }
}
