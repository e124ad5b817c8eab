package io.tributary.stage.learn.checkpoint;

import com.google.gson.JsonParseException;
import io.tributary.data.BadInputException;
import io.tributary.protocol.RunStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies a {@link Retention} to a directory of checkpoints. Failures are logged; they do not
 * affect a checkpoint that was written. Safe for use by several threads.
 */
public final class KeptCheckpoints {
  private static final Logger LOG = LoggerFactory.getLogger(KeptCheckpoints.class);

  private final CheckpointDirectory directory;
  private final Retention retention;
  private final Map<Long, Double> knownDivergences = new ConcurrentHashMap<>(); // by step

  KeptCheckpoints(CheckpointDirectory directory, Retention retention) {
    this.directory = directory;
    this.retention = retention;
  }

  /** The checkpoint of this step is replaced or put aside. */
  void forget(long step) {
    knownDivergences.remove(step);
  }

  /**
   * The newest checkpoints that were completed and the best one, newest first. Whether their files
   * are still whole is not verified.
   *
   * @param newest how many of the newest at most
   */
  public List<RunStatus.Checkpoint> list(int newest) {
    Map<Long, Double> divergences = divergences();
    Optional<Long> best =
        divergences.entrySet().stream()
            .filter(known -> Double.isFinite(known.getValue()))
            .min(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey);
    List<RunStatus.Checkpoint> kept = new ArrayList<>();
    for (long step : directory.steps()) {
      boolean isBest = best.equals(Optional.of(step));
      if (kept.size() < newest || isBest) {
        describe(step, divergences.getOrDefault(step, Double.NaN), isBest).ifPresent(kept::add);
      }
    }
    return kept;
  }

  private Optional<RunStatus.Checkpoint> describe(long step, double divergence, boolean best) {
    Path checkpoint = directory.of(step);
    try {
      long bytes = Manifest.read(checkpoint).bytes();
      Instant written = Files.getLastModifiedTime(checkpoint.resolve(Manifest.NAME)).toInstant();
      return Optional.of(new RunStatus.Checkpoint(step, written, bytes, divergence, best));
    } catch (IOException | JsonParseException | BadInputException e) {
      LOG.info("the checkpoint of step {} is not listed: {}", step, e.toString());
      return Optional.empty();
    }
  }

  /**
   * Whether a policy with this KL(p||pi) in nats is one of the best and is to be kept as such;
   * false where the others can't be listed.
   */
  public boolean ranks(double divergence) {
    try {
      return retention.best() > 0 && retention.ranks(divergence, divergences());
    } catch (BadInputException e) {
      LOG.warn("the policy can't be compared with those of earlier checkpoints", e);
      return false;
    }
  }

  /** Removes what is no longer kept now that there is a checkpoint of this step. */
  void prune(long reached) {
    try {
      remove(retention.superfluous(divergences()));
      directory.removeSuperseded(reached);
    } catch (BadInputException e) {
      LOG.warn("old checkpoints could not be removed; retried after the next one", e);
    }
  }

  /**
   * If the disk has too little room for a checkpoint, removes those older than the newest whole
   * one, except the best and those kept by their steps. Nothing is removed if none is whole.
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
      Map<Long, Double> known = divergences();
      known.keySet().removeIf(step -> step > whole.get());
      return remove(retention.lasting().superfluous(known));
    } catch (IOException | BadInputException e) {
      LOG.warn("old checkpoints in {} could not be removed to make room", directory.path(), e);
      return false;
    }
  }

  private boolean isWhole(long step) {
    try {
      Manifest.verify(directory.of(step));
      return true;
    } catch (IOException e) {
      LOG.warn("the checkpoint of step {} is not whole", step, e);
      return false;
    }
  }

  private boolean remove(Set<Long> steps) {
    steps.forEach(directory::remove);
    return !steps.isEmpty();
  }

  /** KL(p||pi) by step; NaN where it is unknown, or not needed. */
  private Map<Long, Double> divergences() {
    Map<Long, Double> divergences = new TreeMap<>();
    for (long step : directory.steps()) {
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
      Double known = new CheckpointFiles(directory.of(step)).state().divergence();
      double divergence = known == null ? Double.NaN : known;
      knownDivergences.put(step, divergence);
      return divergence;
    } catch (IOException | JsonParseException | BadInputException e) {
      LOG.warn("the KL divergence in the checkpoint of step {} can't be read", step, e);
      return Double.NaN;
    }
  }
}
