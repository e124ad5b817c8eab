package io.tributary.tensor;

import io.tributary.data.BadInputException;
import io.tributary.data.TensorBytes;
import io.tributary.tensor.SafeTensorsHeader.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Files in the safetensors format: an eight-byte length, a JSON header, the values.
 *
 * <p>Read and checked in Java, and not by the engine, for two reasons: the engine aborts the whole
 * process on bfloat16, and a damaged file must become a message that names the file and the tensor.
 * Every stored type becomes float32.
 */
public final class SafeTensors {
  private static final long MAX_HEADER_BYTES = 100_000_000;
  private static final int PIECE_BYTES = 1 << 20;

  private SafeTensors() {}

  /**
   * Reads the tensors whose name {@code wanted} accepts, in the order of their place in the file.
   *
   * @throws BadInputException if the file is missing, truncated, damaged or holds a wanted tensor
   *     of another type than F32, F16 or BF16
   */
  public static Map<String, TensorBytes> read(Path file, Predicate<String> wanted) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long headerBytes = headerLength(file, channel);
      long dataStart = Long.BYTES + headerBytes;
      ByteBuffer json = ByteBuffer.allocate(Math.toIntExact(headerBytes));
      readFully(channel, json, Long.BYTES);
      Map<String, TensorBytes> tensors = new LinkedHashMap<>();
      for (Entry entry : SafeTensorsHeader.parse(file, json.array(), channel.size() - dataStart)) {
        if (wanted.test(entry.name())) {
          tensors.put(entry.name(), tensor(file, channel, dataStart, entry));
        }
      }
      return tensors;
    } catch (NoSuchFileException e) {
      throw new BadInputException(file + " does not exist", e);
    } catch (IOException e) {
      throw new BadInputException(file + " can't be read: " + e.getMessage(), e);
    }
  }

  /**
   * Writes all tensors as {@code type} and flushes them to disk; an existing file is overwritten.
   *
   * @throws IOException if the disk is full or the file can't be written
   */
  public static void write(Path file, List<TensorBytes> tensors, FloatType type)
      throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      write(channel, tensors, type);
      channel.force(true);
    }
  }

  /**
   * Writes all tensors as {@code type} in small pieces.
   *
   * @throws IOException if the channel can't be written to
   */
  public static void write(WritableByteChannel channel, List<TensorBytes> tensors, FloatType type)
      throws IOException {
    byte[] json = SafeTensorsHeader.format(tensors, type);
    int padded = (json.length + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
    ByteBuffer head = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(padded).put(json);
    Arrays.fill(head.array(), head.position(), head.capacity(), (byte) ' ');
    writeFully(channel, head.rewind());
    for (TensorBytes tensor : tensors) {
      writeFully(channel, ByteBuffer.wrap(type.fromFloat32(tensor.bytes())));
    }
  }

  /** In pieces, since a channel copies what is in the Java heap into native memory first. */
  private static void writeFully(WritableByteChannel channel, ByteBuffer buffer)
      throws IOException {
    int end = buffer.limit();
    while (buffer.position() < end) {
      buffer.limit(Math.min(end, buffer.position() + PIECE_BYTES));
      channel.write(buffer);
    }
  }

  private static long headerLength(Path file, FileChannel channel) throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, length, 0);
    long bytes = length.getLong(0);
    if (length.hasRemaining()
        || bytes < 2
        || bytes > MAX_HEADER_BYTES
        || bytes > channel.size() - Long.BYTES) {
      throw new BadInputException(
          "%s is not a safetensors file, or is truncated: its first 8 bytes announce a header of %d bytes, the file has %d bytes"
              .formatted(file, bytes, channel.size()));
    }
    return bytes;
  }

  private static TensorBytes tensor(Path file, FileChannel channel, long dataStart, Entry entry)
      throws IOException {
    if (entry.type() == FloatType.OTHER) {
      throw new BadInputException(
          "%s: tensor %s is stored as %s, expected F32, F16 or BF16"
              .formatted(file, entry.name(), entry.typeName()));
    }
    long bytes = entry.end() - entry.begin();
    if (bytes / entry.type().bytes() > Integer.MAX_VALUE / Float.BYTES) {
      throw new BadInputException(
          "%s: tensor %s is larger than 2 GiB".formatted(file, entry.name()));
    }
    ByteBuffer stored = ByteBuffer.allocate((int) bytes);
    readFully(channel, stored, dataStart + entry.begin());
    if (stored.hasRemaining()) {
      throw new BadInputException("%s: truncated within tensor %s".formatted(file, entry.name()));
    }
    return new TensorBytes(entry.name(), entry.shape(), entry.type().toFloat32(stored.array()));
  }

  private static void readFully(FileChannel channel, ByteBuffer buffer, long position)
      throws IOException {
    long at = position;
    while (buffer.hasRemaining()) {
      int n = channel.read(buffer, at);
      if (n < 0) {
        return;
      }
      at += n;
    }
  }
}
