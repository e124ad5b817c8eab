package io.tributary.cluster.transfer;

import io.tributary.data.Fingerprint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a file is: enough to fetch it in pieces from anyone and to verify each piece.
 *
 * <p>The id stands for the content: SHA-256 over size and chunk size (eight bytes each, big-endian)
 * and the SHA-256 of every chunk, in order. So a manifest that was received proves itself, chunks
 * are verified in any order and at the same time, and no second pass over the file is needed. The
 * name is not part of the id.
 *
 * @param name for messages and for the place of the file in a directory: relative, with slashes
 * @param size of the file in bytes
 * @param chunkSize size of every chunk but the last, in bytes
 * @param chunks SHA-256 of every chunk, in 64 hexadecimal digits
 * @param id hash of the content, in 64 hexadecimal digits
 */
public record Manifest(String name, long size, int chunkSize, List<String> chunks, String id) {
  /** The usual size of a chunk in bytes: 8 MiB. */
  public static final int CHUNK_SIZE = 8 << 20;

  static final int MAX_CHUNK_SIZE = 64 << 20;

  /** One TiB in chunks of the usual size. */
  static final int MAX_CHUNKS = 1 << 17;

  private static final int MAX_NAME_LENGTH = 255;
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern FORBIDDEN =
      Pattern.compile("[\\p{Cntrl}\\\\]|(^|/)(\\.{1,2})?(/|$)");

  /**
   * Checks a manifest that may come from another machine.
   *
   * @throws IllegalArgumentException if it contradicts itself
   */
  public Manifest {
    chunks = List.copyOf(chunks);
    if (name.length() > MAX_NAME_LENGTH || FORBIDDEN.matcher(name).find()) {
      throw new IllegalArgumentException(
          "name: a text of %d characters, expected a relative path of at most %d without . and .."
              .formatted(name.length(), MAX_NAME_LENGTH));
    }
    require(name, "chunk size", chunkSize, 1, MAX_CHUNK_SIZE);
    require(name, "size", size, 0, (long) MAX_CHUNKS * chunkSize);
    require(
        name, "number of chunks", chunks.size(), count(size, chunkSize), count(size, chunkSize));
    String expected = id(size, chunkSize, chunks);
    if (!id.equals(expected)) {
      throw new IllegalArgumentException(
          "%s: the id of its chunks is %s, the manifest says %s".formatted(name, expected, id));
    }
  }

  /** A manifest with the id that follows from the rest. */
  public static Manifest of(String name, long size, int chunkSize, List<String> chunks) {
    return new Manifest(name, size, chunkSize, chunks, id(size, chunkSize, chunks));
  }

  /**
   * Reads a file once, in small pieces, and describes it in chunks of {@link #CHUNK_SIZE}.
   *
   * @throws IOException if it can't be read
   */
  public static Manifest of(String name, Path file) throws IOException {
    return of(name, file, CHUNK_SIZE);
  }

  static Manifest of(String name, Path file, int chunkSize) throws IOException {
    ChunkHashes hashes = new ChunkHashes(chunkSize);
    ByteBuffer buffer = ByteBuffer.allocate(128 * 1024);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(buffer.clear()) >= 0) {
        hashes.update(buffer.flip());
      }
    }
    return hashes.manifest(name);
  }

  /** Whether a text has the form of an id or of a chunk's hash. */
  static boolean isHash(String text) {
    return HASH.matcher(text).matches();
  }

  /** Where a chunk begins in the file, in bytes. */
  long offset(int chunk) {
    return (long) chunk * chunkSize;
  }

  /** Size of a chunk in bytes. */
  int length(int chunk) {
    return (int) Math.min(chunkSize, size - offset(chunk));
  }

  /** Name and beginning of the id, for messages. */
  String label() {
    return "%s (%s…)".formatted(name, id.substring(0, 12));
  }

  private static int count(long size, int chunkSize) {
    return Math.toIntExact((size + chunkSize - 1) / chunkSize);
  }

  private static String id(long size, int chunkSize, List<String> chunks) {
    MessageDigest digest = Fingerprint.sha256();
    digest.update(ByteBuffer.allocate(2 * Long.BYTES).putLong(size).putLong(chunkSize).flip());
    for (String chunk : chunks) {
      if (!isHash(chunk)) {
        throw new IllegalArgumentException("the hash of a chunk is not 64 hex digits");
      }
      digest.update(HexFormat.of().parseHex(chunk));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void require(String name, String what, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "%s: %s %,d, expected %,d to %,d".formatted(name, what, value, min, max));
    }
  }
}
