package io.tributary.config.tls;

import io.tributary.config.binding.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** A file that only its owner may read; of root's files also the group, as containers get them. */
public final class SecretFile {
  private static final int MAX_BYTES = 64 * 1024;

  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private static final Set<PosixFilePermission> OWNER_AND_GROUP =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE,
          PosixFilePermission.GROUP_READ);

  private SecretFile() {}

  /** Kubernetes and systemd give secrets to a service through a group of its own. */
  private static boolean isOfRoot(Path file) throws IOException {
    return Files.getFileStore(file).supportsFileAttributeView("unix")
        && Files.getAttribute(file, "unix:uid").equals(0);
  }

  /**
   * Reads the file.
   *
   * @param key of the configuration that names the file, for messages
   * @throws ConfigException if it can't be read, or others may read it
   */
  public static String read(String key, Path file) {
    try {
      if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (!(isOfRoot(file) ? OWNER_AND_GROUP : OWNER).containsAll(permissions)) {
          throw new ConfigException(
              "%s: others than its owner have access to %s (%s); expected rw-------: chmod 600 %s"
                  .formatted(key, file, PosixFilePermissions.toString(permissions), file));
        }
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new ConfigException(
            "%s: %s has %,d bytes; expected at most %,d"
                .formatted(key, file, Files.size(file), MAX_BYTES));
      }
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ConfigException("%s: %s can't be read: %s".formatted(key, file, e), e);
    }
  }
}
