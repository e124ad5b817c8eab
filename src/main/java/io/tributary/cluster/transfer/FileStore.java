package io.tributary.cluster.transfer;

import io.tributary.data.WeightSnapshot;
import io.tributary.io.LastingFiles;
import io.tributary.tensor.FloatType;
import io.tributary.tensor.SafeTensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that a trainer offers, by the hash of their content: those that stay as they are, such
 * as the base model and word lists, and the weights of the newest versions, each of which it writes
 * once.
 */
public final class FileStore {
  private static final Logger log = LoggerFactory.getLogger(FileStore.class);
  private static final Pattern OWN = Pattern.compile("\\d+\\.safetensors(\\.part)?");

  private final Path folder;
  private final int keep;
  private final Map<String, Path> files = new ConcurrentHashMap<>();

  /** By version; guarded by this, as are the pins. */
  private final TreeMap<Long, Manifest> versions = new TreeMap<>();

  private final Map<Long, Integer> pins = new HashMap<>();

  private FileStore(Path folder, int keep) {
    this.folder = folder;
    this.keep = keep;
  }

  /**
   * Opens a store without any file. Weights that an earlier process has left in the folder are
   * deleted.
   *
   * @param folder for weights; made if it is not there
   * @param keep how many versions are kept at least
   */
  public static FileStore open(Path folder, int keep) throws IOException {
    if (keep < 1) {
      throw new IllegalArgumentException("keep: %d, expected at least 1".formatted(keep));
    }
    Files.createDirectories(folder);
    try (Stream<Path> left = Files.list(folder)) {
      for (Path file : left.toList()) {
        if (OWN.matcher(file.getFileName().toString()).matches()) {
          Files.delete(file);
        }
      }
    }
    return new FileStore(folder, keep);
  }

  /**
   * Offers a file that stays as it is; reads it once.
   *
   * @param name for messages, and for its place in a directory on other machines
   * @throws IOException if it can't be read
   */
  public Manifest offer(String name, Path file) throws IOException {
    Manifest manifest = Manifest.of(name, file);
    files.put(manifest.id(), file);
    return manifest;
  }

  /**
   * Writes weights as {@code VERSION.safetensors} and offers them; older versions are deleted, but
   * for those that are pinned and the newest. Weights of a version that is offered are not written
   * again. The file is hashed as it is written, and not flushed to disk: no restart needs it.
   *
   * @throws IOException if the file can't be written; nothing is left of it then
   */
  public Manifest publish(WeightSnapshot weights) throws IOException {
    long version = weights.version().number();
    Optional<Manifest> offered = weights(version);
    if (offered.isPresent()) {
      return offered.get();
    }
    Path file = folder.resolve(version + ".safetensors");
    Path part = folder.resolve(version + ".safetensors.part");
    Manifest manifest;
    try {
      manifest = write(weights, part);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LastingFiles.delete(part, e);
      throw e;
    }
    synchronized (this) {
      versions.put(version, manifest);
      files.put(manifest.id(), file);
      deleteOld();
    }
    return manifest;
  }

  /** The weights of a version, if they are offered. */
  public synchronized Optional<Manifest> weights(long version) {
    return Optional.ofNullable(versions.get(version));
  }

  /**
   * Keeps the weights of a version until they are unpinned as often.
   *
   * @return whether they are offered; if not, nothing is pinned
   */
  public synchronized boolean pin(long version) {
    if (!versions.containsKey(version)) {
      return false;
    }
    pins.merge(version, 1, Integer::sum);
    return true;
  }

  /** Undoes one pin. */
  public synchronized void unpin(long version) {
    pins.computeIfPresent(version, (v, count) -> count == 1 ? null : count - 1);
    deleteOld();
  }

  /** The file of an id, if it is offered. */
  public Optional<Path> find(String id) {
    return Optional.ofNullable(files.get(id));
  }

  private static Manifest write(WeightSnapshot weights, Path file) throws IOException {
    ChunkHashes hashes = new ChunkHashes(Manifest.CHUNK_SIZE);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      SafeTensors.write(new HashingChannel(channel, hashes), weights.tensors(), FloatType.F32);
    }
    return hashes.manifest(String.valueOf(file.getFileName()).replace(".part", ""));
  }

  /** One that is being sent is still sent to its end: it is open. */
  private void deleteOld() {
    List<Long> old =
        versions.descendingKeySet().stream()
            .skip(keep)
            .filter(version -> !pins.containsKey(version))
            .toList();
    for (Long version : old) {
      Manifest manifest = versions.get(version);
      versions.remove(version);
      Path file = folder.resolve(version + ".safetensors");
      if (manifest != null) {
        files.remove(manifest.id(), file);
      }
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        log.warn("{} can't be deleted: {}", file, e.toString());
      }
    }
    versions.forEach( // two versions may have the same content
        (version, manifest) ->
            files.putIfAbsent(manifest.id(), folder.resolve(version + ".safetensors")));
  }

  /** Hashes what is written through it. */
  private record HashingChannel(FileChannel channel, ChunkHashes hashes)
      implements WritableByteChannel {
    @Override
    public int write(ByteBuffer bytes) throws IOException {
      ByteBuffer written = bytes.duplicate();
      int count = channel.write(bytes);
      hashes.update(written.limit(bytes.position()));
      return count;
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
