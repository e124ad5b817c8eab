package io.tributary.io;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file of one JSON object per line; those that are cut off or counted have a {@code step}. A line
 * is handed to the operating system as soon as it is added, so that a killed process has lost none.
 */
public final class JsonLines {
  private static final int BLOCK_BYTES = 1 << 13;

  private final Path file;
  private final long maxBytes;
  private boolean torn = true; // what an earlier process left may end within a line

  /** A file that grows without limit. */
  public JsonLines(Path file) {
    this(file, Long.MAX_VALUE);
  }

  /**
   * @param maxBytes size beyond which the file is put aside as {@code NAME.1}, in place of an
   *     earlier one
   */
  public JsonLines(Path file, long maxBytes) {
    this.file = file;
    this.maxBytes = maxBytes;
  }

  /**
   * Adds a line.
   *
   * @throws IOException if the disk is full or can't be written; part of the line may be there,
   *     which no reader takes for one
   */
  public void add(String line) throws IOException {
    if (Files.exists(file) && Files.size(file) > maxBytes) {
      Files.move(
          file,
          file.resolveSibling(file.getFileName() + ".1"),
          StandardCopyOption.REPLACE_EXISTING);
    }
    String bytes = (torn && endsWithinLine() ? "\n" : "") + line + "\n";
    torn = true;
    Files.writeString(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    torn = false;
  }

  /** Flushes all lines to disk, so that they outlive the machine, too. */
  public void flush() throws IOException {
    if (Files.exists(file)) {
      LastingFiles.flush(file);
    }
  }

  /**
   * All rows, read lazily; none if there is no file. Rows that a full disk or a kill has cut off
   * are left out. The stream must be closed, and throws {@link java.io.UncheckedIOException} where
   * the file can't be read further.
   */
  public Stream<JsonObject> rows() throws IOException {
    return lines().flatMap(line -> Stream.ofNullable(parse(line)));
  }

  /** Whether there is a row; reads no more than it takes to tell. */
  public boolean hasRows() throws IOException {
    try (Stream<JsonObject> rows = rows()) {
      return rows.findFirst().isPresent();
    }
  }

  /** Removes the rows of later steps than {@code step} from the end. */
  public void cutAfter(long step) throws IOException {
    cutLast(row -> row.get("step").getAsLong() > step);
  }

  /**
   * Removes rows from the end as long as {@code unwanted} holds, and incomplete ones. Only those
   * are read, and the new length survives a crash of the machine.
   */
  public void cutLast(Predicate<JsonObject> unwanted) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long end = channel.size();
      while (end > 0) {
        long start = startOfLine(channel, end);
        JsonObject row = parse(new String(bytes(channel, start, end), StandardCharsets.UTF_8));
        if (row != null && !unwanted.test(row)) {
          break;
        }
        end = start;
      }
      channel.truncate(end).force(true);
    }
  }

  /** Of the line that ends, with its newline if it has one, before {@code end}. */
  private static long startOfLine(FileChannel channel, long end) throws IOException {
    long before = end - 1;
    while (before > 0) {
      long from = Math.max(0, before - BLOCK_BYTES);
      byte[] block = bytes(channel, from, before);
      for (int i = block.length - 1; i >= 0; i--) {
        if (block[i] == '\n') {
          return from + i + 1;
        }
      }
      before = from;
    }
    return 0;
  }

  private static byte[] bytes(FileChannel channel, long from, long to) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(to - from));
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, from + bytes.position()) < 0) {
        throw new EOFException("the file was truncated by another process");
      }
    }
    return bytes.array();
  }

  private boolean endsWithinLine() throws IOException {
    if (!Files.exists(file) || Files.size(file) == 0) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file)) {
      return bytes(channel, channel.size() - 1, channel.size())[0] != '\n';
    }
  }

  private Stream<String> lines() throws IOException {
    if (!Files.exists(file)) {
      return Stream.empty();
    }
    // a kill may cut a line off within a character, which a strict decoder would refuse
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8));
    return reader
        .lines()
        .onClose(
            () -> {
              try {
                reader.close();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  private static @Nullable JsonObject parse(String line) {
    try {
      JsonObject row = JsonParser.parseString(line).getAsJsonObject();
      return row.has("step") ? row : null;
    } catch (JsonParseException | IllegalStateException e) {
      return null;
    }
  }
}
