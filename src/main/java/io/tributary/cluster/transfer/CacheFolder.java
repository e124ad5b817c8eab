package io.tributary.cluster.transfer;

import io.tributary.io.PrivateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of fetched files, named by their id, which several processes may share. When room is
 * needed, the files that were used longest ago are removed, but none that is in use.
 *
 * <p>A file that is being fetched is called {@code ID.SIZE.part} and gets its name by a rename when
 * every chunk of it has been verified. Nothing is flushed to disk: a file that another process has
 * written, or this one before it was restarted, is hashed again before its first use here.
 */
public final class CacheFolder {
  private static final Pattern NAME =
      Pattern.compile("([0-9a-f]{64})(?:|\\.lock|\\.(\\d{1,18})\\.part)");

  private final Path folder;
  private final long maxBytes;
  private final CacheLocks locks;
  private final Set<String> verified = ConcurrentHashMap.newKeySet();

  /** What the folder holds of one id. */
  private record Entry(String id, long bytes, FileTime used, Path file) {}

  private CacheFolder(Path folder, long maxBytes) throws IOException {
    this.folder = folder;
    this.maxBytes = maxBytes;
    this.locks = CacheLocks.of(folder);
  }

  /**
   * Opens a folder, or makes it, for its owner alone.
   *
   * @param maxBytes of all files in it together, those being fetched included
   * @throws IOException if it can't be made or read, or others may write into it
   */
  public static CacheFolder open(Path folder, long maxBytes) throws IOException {
    if (maxBytes < 0) {
      throw new IllegalArgumentException("maxBytes: %d, expected 0 or more".formatted(maxBytes));
    }
    CacheFolder cache = new CacheFolder(PrivateFolder.open(folder), maxBytes);
    cache.locks.exclusively(cache::removeLeftLocks);
    return cache;
  }

  /**
   * The complete file of an id, if it is there and was verified by this process, so that a worker
   * can serve it to others with a {@link FileServer} of its own. It may be removed at any time; one
   * that is being sent is still sent to its end.
   */
  public Optional<Path> find(String id) {
    Path file = folder.resolve(id);
    return Manifest.isHash(id) && verified.contains(id) && Files.exists(file)
        ? Optional.of(file)
        : Optional.empty();
  }

  /**
   * Takes a complete file into use.
   *
   * @return empty if it is not there, damaged, or being written
   */
  Optional<CachedFile> use(Manifest manifest) throws IOException {
    String id = manifest.id();
    Path file = folder.resolve(id);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Optional<CacheLocks.Hold> hold = locks.tryShared(id);
    if (hold.isEmpty()) {
      return Optional.empty();
    }
    CachedFile cached = new CachedFile(file, hold.get());
    try {
      if (isSound(manifest, file)) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        return Optional.of(cached);
      }
    } catch (NoSuchFileException e) {
      verified.remove(id);
    } catch (IOException | RuntimeException e) {
      cached.close();
      throw e;
    }
    cached.close();
    return Optional.empty();
  }

  /** The right to write a file; empty while anybody else uses or writes it. */
  Optional<CacheLocks.Hold> tryWrite(Manifest manifest) throws IOException {
    return locks.tryExclusive(manifest.id());
  }

  /**
   * The partial file to write to, with what an earlier attempt, or a file that is damaged, has left
   * in it. Makes room for the whole of it. Only for the one with the right to write it.
   *
   * @throws IOException if all that could be removed is in use
   */
  Path part(Manifest manifest) throws IOException {
    return locks.exclusively(
        () -> {
          Path part = partOf(manifest);
          Path whole = folder.resolve(manifest.id());
          if (Files.exists(whole)) {
            verified.remove(manifest.id());
            Files.move(whole, part, StandardCopyOption.ATOMIC_MOVE);
          } else if (!Files.exists(part)) {
            makeRoom(manifest);
            Files.createFile(part);
          }
          return part;
        });
  }

  /** Gives a partial file, of which every chunk has been verified, its name. */
  void complete(Manifest manifest) throws IOException {
    Files.move(partOf(manifest), folder.resolve(manifest.id()), StandardCopyOption.ATOMIC_MOVE);
    verified.add(manifest.id());
  }

  /** When a file that somebody else is writing has grown last; empty if it is not there. */
  Optional<FileTime> lastWritten(Manifest manifest) {
    try {
      return Optional.of(Files.getLastModifiedTime(partOf(manifest)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Path partOf(Manifest manifest) {
    return folder.resolve("%s.%d.part".formatted(manifest.id(), manifest.size()));
  }

  private boolean isSound(Manifest manifest, Path file) throws IOException {
    String id = manifest.id();
    if (!verified.contains(id)
        && Manifest.of(manifest.name(), file, manifest.chunkSize()).id().equals(id)) {
      verified.add(id);
    }
    return verified.contains(id) && Files.size(file) == manifest.size();
  }

  private void makeRoom(Manifest manifest) throws IOException {
    List<Entry> entries = new ArrayList<>(entries());
    entries.sort(Comparator.comparing(Entry::used));
    long bytes = entries.stream().mapToLong(Entry::bytes).sum();
    for (Entry entry : entries) {
      if (bytes + manifest.size() <= maxBytes) {
        return;
      }
      if (!entry.id().equals(manifest.id()) && remove(entry)) {
        bytes -= entry.bytes();
      }
    }
    if (bytes + manifest.size() > maxBytes) {
      throw new IOException(
          "%s may hold %,d bytes; %,d of them are in use, %s takes %,d"
              .formatted(folder, maxBytes, bytes, manifest.label(), manifest.size()));
    }
  }

  /** Returns whether it was removed; it isn't if anybody uses or writes it. */
  private boolean remove(Entry entry) throws IOException {
    Optional<CacheLocks.Hold> hold = locks.tryExclusive(entry.id());
    if (hold.isEmpty()) {
      return false;
    }
    try {
      verified.remove(entry.id());
      Files.deleteIfExists(entry.file());
      Files.deleteIfExists(locks.file(entry.id()));
    } finally {
      hold.get().close();
    }
    return true;
  }

  /** Locks whose file is gone, from fetches that ended before their first byte. */
  private boolean removeLeftLocks() throws IOException {
    List<Entry> entries = entries();
    for (Path file : files()) {
      Matcher name = NAME.matcher(file.getFileName().toString());
      if (name.matches() && entries.stream().noneMatch(entry -> entry.id().equals(name.group(1)))) {
        remove(new Entry(name.group(1), 0, FileTime.fromMillis(0), file));
      }
    }
    return true;
  }

  private List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Path file : files()) {
      Matcher name = NAME.matcher(file.getFileName().toString());
      if (name.matches() && !file.toString().endsWith(".lock")) {
        try {
          long bytes = name.group(2) == null ? Files.size(file) : Long.parseLong(name.group(2));
          entries.add(new Entry(name.group(1), bytes, Files.getLastModifiedTime(file), file));
        } catch (NoSuchFileException e) {
          // renamed since it was listed
          entries.add(new Entry(name.group(1), 0, FileTime.fromMillis(0), file));
        }
      }
    }
    return entries;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
