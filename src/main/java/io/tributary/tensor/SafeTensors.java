package io.tributary.tensor;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.tributary.data.BadInputException;
import io.tributary.data.TensorBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  private SafeTensors() {}

  private record Entry(String name, FloatType type, long[] shape, long begin, long end) {}

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
      JsonObject header = header(file, channel, headerBytes);
      Map<String, TensorBytes> tensors = new LinkedHashMap<>();
      for (Entry entry : entries(file, header, channel.size() - dataStart)) {
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
    JsonObject header = new JsonObject();
    header.add("__metadata__", metadata());
    long offset = 0;
    for (TensorBytes tensor : tensors) {
      long bytes = (long) tensor.bytes().length / Float.BYTES * type.bytes();
      header.add(tensor.name(), entry(tensor, type, offset, offset + bytes));
      offset += bytes;
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (json.length + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
    ByteBuffer head = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(padded).put(json);
    Arrays.fill(head.array(), head.position(), head.capacity(), (byte) ' ');
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      writeFully(channel, head.rewind());
      for (TensorBytes tensor : tensors) {
        writeFully(channel, ByteBuffer.wrap(type.fromFloat32(tensor.bytes())));
      }
      channel.force(true);
    }
  }

  private static JsonObject metadata() {
    JsonObject metadata = new JsonObject();
    metadata.addProperty("format", "pt");
    return metadata;
  }

  private static JsonObject entry(TensorBytes tensor, FloatType type, long begin, long end) {
    JsonObject entry = new JsonObject();
    entry.addProperty("dtype", type.name());
    com.google.gson.Gson gson = new com.google.gson.Gson();
    entry.add("shape", gson.toJsonTree(tensor.shape()));
    entry.add("data_offsets", gson.toJsonTree(new long[] {begin, end}));
    return entry;
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
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

  private static JsonObject header(Path file, FileChannel channel, long bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(bytes));
    readFully(channel, buffer, Long.BYTES);
    try {
      return JsonParser.parseString(new String(buffer.array(), StandardCharsets.UTF_8))
          .getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new BadInputException(file + ": its header is not a JSON object: " + e.getMessage(), e);
    }
  }

  private static List<Entry> entries(Path file, JsonObject header, long dataBytes) {
    Set<String> names = header.keySet();
    List<Entry> entries =
        names.stream()
            .filter(name -> !name.equals("__metadata__"))
            .map(name -> entry(file, name, header.get(name), dataBytes))
            .sorted(java.util.Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
            .toList();
    long position = 0;
    for (Entry entry : entries) {
      if (entry.begin() != position) {
        throw new BadInputException(
            "%s: tensor %s begins at byte %d of the data, expected %d (tensors overlap or leave a hole)"
                .formatted(file, entry.name(), entry.begin(), position));
      }
      position = entry.end();
    }
    return entries;
  }

  private static Entry entry(Path file, String name, JsonElement json, long dataBytes) {
    try {
      JsonObject object = json.getAsJsonObject();
      long[] shape =
          object.getAsJsonArray("shape").asList().stream()
              .mapToLong(JsonElement::getAsLong)
              .toArray();
      long begin = object.getAsJsonArray("data_offsets").get(0).getAsLong();
      long end = object.getAsJsonArray("data_offsets").get(1).getAsLong();
      if (begin < 0 || end < begin || end > dataBytes) {
        throw new BadInputException(
            "%s: tensor %s lies at bytes %d to %d, but the file holds only %d bytes of data: it is truncated or damaged"
                .formatted(file, name, begin, end, dataBytes));
      }
      FloatType type = FloatType.of(object.get("dtype").getAsString());
      long expected = Arrays.stream(shape).reduce(type.bytes(), Math::multiplyExact);
      if (type != FloatType.OTHER
          && (Arrays.stream(shape).anyMatch(n -> n < 0) || end - begin != expected)) {
        throw new BadInputException(
            "%s: tensor %s of shape %s and type %s needs %d bytes, the header gives it %d"
                .formatted(file, name, Arrays.toString(shape), type, expected, end - begin));
      }
      return new Entry(name, type, shape, begin, end);
    } catch (RuntimeException e) {
      if (e instanceof BadInputException) {
        throw e;
      }
      throw new BadInputException(
          "%s: the header's entry of tensor %s is damaged: %s".formatted(file, name, json), e);
    }
  }

  private static TensorBytes tensor(Path file, FileChannel channel, long dataStart, Entry entry)
      throws IOException {
    if (entry.type() == FloatType.OTHER) {
      throw new BadInputException(
          "%s: tensor %s is stored in a type other than F32, F16, BF16"
              .formatted(file, entry.name()));
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
