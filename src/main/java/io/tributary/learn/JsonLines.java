package io.tributary.learn;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.tributary.disk.LastingFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file of one JSON object a line, each with a {@code step}. A line is handed to the operating
 * system as soon as it is added, so that a killed process has lost none.
 */
public final class JsonLines {
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
   * All rows, read as the stream is gone through, without what a full disk or a kill has cut off;
   * none if there is no file. The stream has to be closed, and throws {@link
   * java.io.UncheckedIOException} where the file can't be read further.
   */
  public Stream<JsonObject> rows() throws IOException {
    return lines().flatMap(line -> Stream.ofNullable(parse(line)));
  }

  /** Whether there is a row; no more is read than tells. */
  public boolean hasRows() throws IOException {
    try (Stream<JsonObject> rows = rows()) {
      return rows.findFirst().isPresent();
    }
  }

  /** Removes the rows of later steps than {@code step}, and what is not whole. */
  public void cutAfter(long step) throws IOException {
    cut(row -> row.get("step").getAsLong() > step);
  }

  /**
   * Removes the rows that {@code unwanted} holds for, and what is not whole. The rows that stay
   * outlive the machine, too.
   */
  public void cut(Predicate<JsonObject> unwanted) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    Path shortened = file.resolveSibling(file.getFileName() + ".part");
    try (Stream<String> lines = lines();
        Writer kept = Files.newBufferedWriter(shortened)) {
      for (String line : (Iterable<String>) lines::iterator) {
        JsonObject row = parse(line);
        if (row != null && !unwanted.test(row)) {
          kept.append(line).append('\n');
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    LastingFiles.flush(shortened);
    Files.move(shortened, file, StandardCopyOption.ATOMIC_MOVE);
    LastingFiles.flushDirectory(file.resolveSibling("."));
    torn = false;
  }

  private boolean endsWithinLine() throws IOException {
    if (!Files.exists(file) || Files.size(file) == 0) {
      return false;
    }
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      channel.position(channel.size() - 1).read(last);
      return last.get(0) != '\n';
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
