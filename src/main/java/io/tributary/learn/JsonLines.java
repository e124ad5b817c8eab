package io.tributary.learn;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
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

  /** All rows, without what a full disk or a kill has cut off; none if there is no file. */
  public List<JsonObject> rows() throws IOException {
    List<JsonObject> rows = new ArrayList<>();
    for (String line : lines()) {
      JsonObject row = parse(line);
      if (row != null) {
        rows.add(row);
      }
    }
    return rows;
  }

  /** Removes the rows of later steps than {@code step}, and what is not whole. */
  public void cutAfter(long step) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    StringBuilder kept = new StringBuilder();
    for (String line : lines()) {
      JsonObject row = parse(line);
      if (row != null && row.get("step").getAsLong() <= step) {
        kept.append(line).append('\n');
      }
    }
    Path shortened = file.resolveSibling(file.getFileName() + ".part");
    Files.writeString(shortened, kept);
    Files.move(shortened, file, StandardCopyOption.ATOMIC_MOVE);
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

  private List<String> lines() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    // a kill may cut a line off within a character, which a strict decoder would refuse
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
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
