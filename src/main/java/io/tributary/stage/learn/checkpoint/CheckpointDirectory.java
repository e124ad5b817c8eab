package io.tributary.stage.learn.checkpoint;

import io.tributary.data.BadInputException;
import io.tributary.io.LastingFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory that holds a run's checkpoints, {@code step-00001200} and so on. Each appears and
 * disappears by one rename, so a kill never leaves half a checkpoint under that name.
 *
 * <p>Beside them are {@code .step-00001200.part} (being written), {@code .earlier} (replaced by one
 * of the same step), {@code .removed} (being deleted) and {@code superseded-step-00001200} (put
 * aside when the run was resumed from an earlier step).
 */
record CheckpointDirectory(Path path) {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointDirectory.class);
  private static final String PREFIX = "step-";
  private static final String SUPERSEDED = "superseded-";
  private static final String PART = ".part";
  private static final String EARLIER = ".earlier";
  private static final String REMOVED = ".removed";
  private static final Pattern CHECKPOINT = Pattern.compile(PREFIX + "(\\d+)");
  private static final Pattern ASIDE = Pattern.compile(SUPERSEDED + PREFIX + "(\\d+)");
  private static final Pattern LEFTOVER =
      Pattern.compile("\\.((%s)?%s\\d+)\\.(part|earlier|removed)".formatted(SUPERSEDED, PREFIX));

  /** Where the checkpoint of a step is, if there is one. */
  Path of(long step) {
    return path.resolve(name(step));
  }

  private static String name(long step) {
    return PREFIX + "%08d".formatted(step);
  }

  /** Steps of all existing checkpoints, complete or not, newest first. */
  List<Long> steps() {
    try {
      return names(CHECKPOINT).stream()
          .map(name -> step(CHECKPOINT, name))
          .sorted(Comparator.reverseOrder())
          .toList();
    } catch (IOException | UncheckedIOException | NumberFormatException e) {
      throw new BadInputException(path + " can't be read: " + e.getMessage(), e);
    }
  }

  private List<String> names(Pattern pattern) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(path)) {
      return entries
          .map(entry -> String.valueOf(entry.getFileName()))
          .filter(pattern.asMatchPredicate())
          .toList();
    }
  }

  private static long step(Pattern pattern, String name) {
    return Long.parseLong(pattern.matcher(name).replaceAll("$1"));
  }

  /** An empty place to write the checkpoint of a step to. */
  Path part(long step) throws IOException {
    Files.createDirectories(path);
    Path part = hidden(name(step), PART);
    LastingFiles.delete(part);
    return part;
  }

  private Path hidden(String name, String suffix) {
    return path.resolve("." + name + suffix);
  }

  /** Moves what was written to its place; an earlier checkpoint of the step stays until then. */
  void complete(long step) throws IOException {
    Path target = of(step);
    Path earlier = hidden(name(step), EARLIER);
    LastingFiles.delete(earlier);
    if (Files.isDirectory(target)) {
      move(target, earlier);
    }
    move(hidden(name(step), PART), target);
    LastingFiles.flushDirectory(path);
    try {
      LastingFiles.delete(earlier);
    } catch (IOException e) {
      LOG.warn("the replaced checkpoint {} can't be removed", earlier, e);
    }
  }

  /** Puts a checkpoint aside until {@link #removeSuperseded}. */
  void setAside(long step) throws IOException {
    Path aside = path.resolve(SUPERSEDED + name(step));
    LastingFiles.delete(aside);
    move(of(step), aside);
  }

  /** Removes a checkpoint; a failure is logged. */
  void remove(long step) {
    remove(name(step));
  }

  /** Removes the checkpoints put aside whose step the run has reached again. */
  void removeSuperseded(long reached) {
    try {
      for (String name : names(ASIDE)) {
        if (step(ASIDE, name) <= reached) {
          remove(name);
        }
      }
    } catch (IOException e) {
      LOG.warn("the superseded checkpoints can't be listed", e);
    }
  }

  private void remove(String name) {
    try {
      Path removed = hidden(name, REMOVED);
      LastingFiles.delete(removed);
      move(path.resolve(name), removed);
      LastingFiles.delete(removed);
    } catch (IOException e) {
      LOG.warn("the old checkpoint {} can't be removed", path.resolve(name), e);
    }
  }

  /** Clears what a killed process has left behind. No process may be using the directory. */
  void cleanUp() throws IOException {
    for (String name : names(LEFTOVER)) {
      Path target = path.resolve(LEFTOVER.matcher(name).replaceAll("$1"));
      if (name.endsWith(EARLIER) && !Files.exists(target)) {
        move(path.resolve(name), target);
      } else {
        LastingFiles.delete(path.resolve(name));
      }
    }
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }
}
