package io.tributary.stage.learn.checkpoint;

import com.google.gson.JsonParseException;
import io.tributary.data.BadInputException;
import io.tributary.io.LastingFiles;
import io.tributary.model.DecoderConfig;
import io.tributary.protocol.RunStatus;
import io.tributary.stage.learn.checkpoint.CheckpointFiles.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a run: writes them, reads them verified, compares them, and removes those that
 * the {@link Retention} does not keep. A failure to compare or remove is logged and does not affect
 * a checkpoint that was written. Safe for use by several threads.
 */
public final class CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);

  private final CheckpointDirectory directory;
  private final Retention retention;
  private final Map<Long, Rating> known = new ConcurrentHashMap<>(); // by step

  /**
   * How good a policy is.
   *
   * @param divergence KL(p||pi) in nats, NaN if unknown
   * @param rank what orders policies, see {@link LearnerState#rank}
   */
  private record Rating(double divergence, double rank) {
    private static final Rating UNKNOWN = new Rating(Double.NaN, Double.NaN);

    private static Rating of(LearnerState state) {
      Double divergence = state.divergence();
      return divergence == null ? UNKNOWN : new Rating(divergence, state.rank());
    }
  }

  /** The checkpoints in a directory, which is made when the first is written. */
  public CheckpointStore(Path directory, Retention retention) {
    this.directory = new CheckpointDirectory(directory);
    this.retention = retention;
  }

  /**
   * Writes a checkpoint and flushes it to disk, then removes those that are no longer kept; if that
   * fails, it is retried after the next one. A complete checkpoint of the same step and state is
   * left as it is.
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
      known.remove(step);
      directory.complete(step);
      prune(step);
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
   * Finds the newest complete checkpoint and reads its state.
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
      known.remove(s);
      directory.setAside(s);
    }
    return later;
  }

  /**
   * The newest checkpoints that were completed and the best one, newest first. Their files are not
   * verified.
   *
   * @param newest how many of the newest at most
   */
  public List<RunStatus.Checkpoint> list(int newest) {
    Map<Long, Rating> ratings = ratings();
    Optional<Long> best =
        ranks(ratings).entrySet().stream()
            .filter(ranked -> Double.isFinite(ranked.getValue()))
            .min(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey);
    List<RunStatus.Checkpoint> kept = new ArrayList<>();
    for (long step : directory.steps()) {
      boolean isBest = best.equals(Optional.of(step));
      if (kept.size() < newest || isBest) {
        describe(step, ratings.getOrDefault(step, Rating.UNKNOWN).divergence(), isBest)
            .ifPresent(kept::add);
      }
    }
    return kept;
  }

  private Optional<RunStatus.Checkpoint> describe(long step, double divergence, boolean best) {
    CheckpointFiles files = files(step);
    try {
      long bytes = files.manifest().bytes();
      return Optional.of(
          new RunStatus.Checkpoint(step, files.completed(), bytes, divergence, best));
    } catch (IOException | JsonParseException | BadInputException e) {
      LOG.info("the checkpoint of step {} is not listed: {}", step, e.toString());
      return Optional.empty();
    }
  }

  /**
   * Whether a policy with this {@link LearnerState#rank} is one of the best and is to be kept as
   * such; false where the others can't be listed.
   */
  public boolean ranks(double rank) {
    try {
      return retention.best() > 0 && retention.ranks(rank, ranks(ratings()));
    } catch (BadInputException e) {
      LOG.warn("the policy can't be compared with those of earlier checkpoints", e);
      return false;
    }
  }

  private void prune(long reached) {
    try {
      remove(retention.superfluous(ranks(ratings())));
      directory.removeSuperseded(reached);
    } catch (BadInputException e) {
      LOG.warn("old checkpoints could not be removed; retried after the next one", e);
    }
  }

  /**
   * If the disk has too little room for a checkpoint, removes those older than the newest complete
   * one, except the best and those kept by their steps. Nothing is removed if none is complete.
   *
   * @param bytes size of the checkpoint
   * @return whether any were removed
   */
  public boolean makeRoom(long bytes) {
    try {
      if (Files.getFileStore(directory.path()).getUsableSpace() >= bytes) {
        return false;
      }
      Optional<Long> whole = directory.steps().stream().filter(this::isWhole).findFirst();
      if (whole.isEmpty()) {
        return false;
      }
      Map<Long, Double> ranks = ranks(ratings());
      ranks.keySet().removeIf(step -> step > whole.get());
      return remove(retention.lasting().superfluous(ranks));
    } catch (IOException | BadInputException e) {
      LOG.warn("old checkpoints in {} could not be removed to make room", directory.path(), e);
      return false;
    }
  }

  private boolean isWhole(long step) {
    try {
      files(step).verify();
      return true;
    } catch (IOException e) {
      LOG.warn("the checkpoint of step {} is incomplete", step, e);
      return false;
    }
  }

  private boolean remove(Set<Long> steps) {
    steps.forEach(directory::remove);
    return !steps.isEmpty();
  }

  private static Map<Long, Double> ranks(Map<Long, Rating> ratings) {
    Map<Long, Double> ranks = new TreeMap<>();
    ratings.forEach((step, rating) -> ranks.put(step, rating.rank()));
    return ranks;
  }

  /** How good each policy is, by step; unknown where it is not needed. */
  private Map<Long, Rating> ratings() {
    Map<Long, Rating> ratings = new TreeMap<>();
    for (long step : directory.steps()) {
      ratings.put(step, retention.best() > 0 ? rating(step) : Rating.UNKNOWN);
    }
    return ratings;
  }

  private Rating rating(long step) {
    Rating read = known.get(step);
    if (read != null) {
      return read;
    }
    try {
      Rating rating = Rating.of(files(step).state());
      known.put(step, rating);
      return rating;
    } catch (IOException | JsonParseException | BadInputException e) {
      LOG.warn("the KL divergence in the checkpoint of step {} can't be read", step, e);
      return Rating.UNKNOWN;
    }
  }
}
