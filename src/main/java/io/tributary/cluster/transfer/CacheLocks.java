package io.tributary.cluster.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Locks on the files of a cache folder, which hold between processes and within one: shared by
 * those who use a file, exclusive for the one who writes it.
 *
 * <p>A process loses all its locks on a file when it closes any channel to it (POSIX), and Java
 * knows one lock per file and process. So locks are on files of their own, {@code ID.lock}, each
 * opened once, with a count of its holders. Every change happens under the lock of the folder, so
 * that no one locks a file that another one is deleting.
 */
final class CacheLocks {
  private static final Map<Path, CacheLocks> FOLDERS = new ConcurrentHashMap<>();

  /** Something that is done with the whole folder. */
  interface FolderTask<T> {
    T run() throws IOException;
  }

  /** A lock that somebody in this process holds. */
  final class Hold implements Closeable {
    private final String id;
    private final FileChannel channel;
    private final boolean shared;
    private int holders = 1;

    private Hold(String id, FileChannel channel, boolean shared) {
      this.id = id;
      this.channel = channel;
      this.shared = shared;
    }

    /** One holder less; the last one lets others have the file. */
    @Override
    public void close() throws IOException {
      synchronized (CacheLocks.this) {
        holders--;
        if (holders == 0) {
          held.remove(id);
          channel.close();
        }
      }
    }
  }

  private final Path folder;
  private final Map<String, Hold> held = new HashMap<>();
  private boolean nested;

  private CacheLocks(Path folder) {
    this.folder = folder;
  }

  /** The locks of a folder, the same for all users in this process. */
  static CacheLocks of(Path folder) throws IOException {
    return FOLDERS.computeIfAbsent(folder.toRealPath(), CacheLocks::new);
  }

  /** Does something while nobody else takes or deletes locks here. Calls may be nested. */
  synchronized <T> T exclusively(FolderTask<T> task) throws IOException {
    if (nested) {
      return task.run();
    }
    try (FileChannel channel = open(folder.resolve("folder.lock"));
        FileLock lock = channel.lock()) {
      nested = lock.isValid();
      return task.run();
    } finally {
      nested = false;
    }
  }

  /** To use a file; empty while somebody writes it. Does not wait. */
  Optional<Hold> tryShared(String id) throws IOException {
    return exclusively(
        () -> {
          Hold hold = held.get(id);
          if (hold == null) {
            return tryLock(id, true);
          }
          if (hold.shared) {
            hold.holders++;
            return Optional.of(hold);
          }
          return Optional.empty();
        });
  }

  /** To write or delete a file; empty while anybody uses or writes it. Does not wait. */
  Optional<Hold> tryExclusive(String id) throws IOException {
    return exclusively(() -> held.containsKey(id) ? Optional.empty() : tryLock(id, false));
  }

  /** Where the lock of a file is; deleted together with it, by who holds it exclusively. */
  Path file(String id) {
    return folder.resolve(id + ".lock");
  }

  private Optional<Hold> tryLock(String id, boolean shared) throws IOException {
    FileChannel channel = open(file(id));
    try {
      if (channel.tryLock(0, Long.MAX_VALUE, shared) != null) {
        Hold hold = new Hold(id, channel, shared);
        held.put(id, hold);
        return Optional.of(hold);
      }
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return Optional.empty();
  }

  private static FileChannel open(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }
}
