package io.tributary.io;

import io.tributary.data.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Room on a disk, checked before the work whose result is to be written there. */
public final class DiskRoom {
  private DiskRoom() {}

  /**
   * Refuses a directory whose disk has too little room left.
   *
   * @param key what the user has named the directory with
   * @param directory need not exist yet
   * @param what is to be written
   * @throws BadInputException saying how many bytes there are and how many are needed
   * @throws IOException if the free space can't be determined
   */
  public static void require(String key, Path directory, String what, long bytes)
      throws IOException {
    long usable = Files.getFileStore(existing(directory)).getUsableSpace();
    if (usable < bytes) {
      throw new BadInputException(
          "%s: the disk of %s has %,d bytes left, %s takes %,d"
              .formatted(key, directory, usable, what, bytes));
    }
  }

  /** The directory, or its nearest existing ancestor. */
  private static Path existing(Path directory) throws IOException {
    @Nullable Path path = directory.toAbsolutePath();
    while (path != null && !Files.exists(path)) {
      path = path.getParent();
    }
    if (path == null) {
      throw new IOException(directory + " is on no disk");
    }
    return path;
  }
}
