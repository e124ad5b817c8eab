package io.tributary.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A disk of few bytes, where this user may mount one. */
public final class SmallDisk implements AutoCloseable {
  private final Path directory;
  private final boolean mounted;

  private SmallDisk(Path directory, boolean mounted) {
    this.directory = directory;
    this.mounted = mounted;
  }

  /** Mounts a file system in memory over an empty directory. */
  public static SmallDisk mountedAt(Path directory, int bytes) throws Exception {
    boolean mounted =
        execute("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", directory.toString());
    return new SmallDisk(directory, mounted);
  }

  public boolean isMounted() {
    return mounted;
  }

  @Override
  public void close() {
    if (mounted) {
      execute("umount", directory.toString());
    }
  }

  private static boolean execute(String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // there is no such command
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
