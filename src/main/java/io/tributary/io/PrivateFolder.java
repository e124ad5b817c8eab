package io.tributary.io;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A folder into which nobody but its owner can write, where files have owners. */
public final class PrivateFolder {
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rwx------");

  private PrivateFolder() {}

  /**
   * Makes the folder for its owner alone, unless it is there.
   *
   * @throws IOException if it can't be made, or is there and others may write into it
   */
  public static Path open(Path folder) throws IOException {
    make(folder.toAbsolutePath());
    if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
      if (permissions.contains(PosixFilePermission.GROUP_WRITE)
          || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new IOException(
            "others may write into %s (%s): chmod go-w %s, or name another folder"
                .formatted(folder, PosixFilePermissions.toString(permissions), folder));
      }
    }
    return folder;
  }

  private static void make(Path folder) throws IOException {
    Path parent = folder.getParent();
    if (Files.isDirectory(folder) || parent == null) {
      return;
    }
    Files.createDirectories(parent);
    try {
      if (Files.getFileStore(parent).supportsFileAttributeView("posix")) {
        Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER));
      } else {
        Files.createDirectory(folder);
      }
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      } // another process has made it meanwhile
    }
  }
}
