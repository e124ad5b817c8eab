package io.tributary.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/** Files that are on the disk once they are written, and trees of files that are removed. */
public final class LastingFiles {
  private LastingFiles() {}

  /** Writes a text and flushes it to disk. */
  public static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    flush(file);
  }

  /**
   * Writes a text and flushes it to disk, so that a file of this name is either complete or absent.
   */
  public static void replace(Path file, String text) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    write(part, text);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Flushes what was written to a file to disk. */
  public static void flush(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Flushes the names of a directory's files to disk. */
  public static void flushDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Removes a file, or a directory with all that is in it; nothing if it is not there. */
  public static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(path)) {
      for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** As {@link #delete}, after a failure, which is the one to report. */
  public static void delete(Path path, IOException failure) {
    try {
      delete(path);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
