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
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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

  /** What was asked for within this time may be about to be fetched. */
  static final Duration IN_USE = Duration.ofMinutes(1);

  private final Path folder;
  private final int keep;
  private final Map<String, Path> files = new ConcurrentHashMap<>();

  private final LongSupplier nanoTime;

  /** By version, the one asked for last at the end; guarded by this. */
  private final Map<Long, Written> versions = new LinkedHashMap<>();

  /**
   * @param askedNanos when it was asked for last
   */
  private record Written(Manifest manifest, long askedNanos) {}

  private FileStore(Path folder, int keep, LongSupplier nanoTime) {
    this.folder = folder;
    this.keep = keep;
    this.nanoTime = nanoTime;
  }

  /**
   * Opens a store without any file. Weights that an earlier process has left in the folder are
   * deleted.
   *
   * @param folder for weights; made if it is not there
   * @param keep how many versions are kept at least: those asked for last
   */
  public static FileStore open(Path folder, int keep) throws IOException {
    return open(folder, keep, System::nanoTime);
  }

  static FileStore open(Path folder, int keep, LongSupplier nanoTime) throws IOException {
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
    return new FileStore(folder, keep, nanoTime);
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
   * Writes weights as {@code VERSION.safetensors} and offers them, unless they are offered already.
   * Versions that nobody has asked for lately are deleted. The file is hashed as it is written, and
   * not flushed to disk: no restart needs it.
   *
   * @throws IOException if the file can't be written; nothing is left of it then
   */
  public Manifest publish(WeightSnapshot weights) throws IOException {
    long version = weights.version().number();
    Manifest offered = offered(version);
    if (offered != null) {
      return offered;
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
      versions.put(version, new Written(manifest, nanoTime.getAsLong()));
      files.put(manifest.id(), file);
      deleteOld();
    }
    return manifest;
  }

  private synchronized @Nullable Manifest offered(long version) {
    Written written = versions.remove(version);
    if (written == null) {
      return null;
    }
    versions.put(version, new Written(written.manifest(), nanoTime.getAsLong()));
    return written.manifest();
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
    long now = nanoTime.getAsLong();
    List<Long> old =
        versions.entrySet().stream()
            .limit(Math.max(0, versions.size() - keep))
            .filter(written -> now - written.getValue().askedNanos() > IN_USE.toNanos())
            .map(Map.Entry::getKey)
            .toList();
    for (Long version : old) {
      Written written = versions.remove(version);
      Path file = folder.resolve(version + ".safetensors");
      if (written != null) {
        files.remove(written.manifest().id(), file);
      }
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        log.warn("{} can't be deleted: {}", file, e.toString());
      }
    }
    versions.forEach( // two versions may have the same content
        (version, written) ->
            files.putIfAbsent(written.manifest().id(), folder.resolve(version + ".safetensors")));
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
