package io.tributary.cli.standalone;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import io.tributary.data.BadInputException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a file of texts, one per line: the text itself, or a JSON object with the text. */
public final class TextLines {
  private static final Gson STRICT = new GsonBuilder().setStrictness(Strictness.STRICT).create();

  private TextLines() {}

  /**
   * The texts of a file, at least one. An empty line is an empty text.
   *
   * @throws BadInputException if the file can't be read, is not UTF-8 or has no line
   */
  public static List<String> read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      if (lines.isEmpty()) {
        throw new BadInputException(file + " is empty; expected texts, one per line");
      }
      List<String> texts = new ArrayList<>();
      for (String line : lines) {
        texts.add(text(line, file, texts.size() + 1));
      }
      return texts;
    } catch (NoSuchFileException e) {
      throw new BadInputException(file + ": no such file", e);
    } catch (CharacterCodingException e) {
      throw new BadInputException(file + " is not UTF-8 text", e);
    } catch (IOException e) {
      throw new BadInputException("%s can't be read: %s".formatted(file, e), e);
    }
  }

  /**
   * The JSON object that makes up a line that begins with a brace, as RFC 8259 has it.
   *
   * @throws JsonParseException if it is not one, or more follows it
   */
  static JsonObject json(String line) {
    return STRICT.fromJson(line, JsonObject.class);
  }

  private static String text(String line, Path file, int number) {
    JsonElement text = line.startsWith("{") ? member(line) : null;
    if (text == null) {
      return line;
    }
    if (!text.isJsonPrimitive() || !text.getAsJsonPrimitive().isString()) {
      throw new BadInputException(
          "line %d of %s: expected a string as \"text\", got %s".formatted(number, file, text));
    }
    return text.getAsString();
  }

  /** The text of a JSON object; null for a plain text that happens to begin with a brace. */
  private static @Nullable JsonElement member(String line) {
    try {
      return json(line).get("text");
    } catch (JsonParseException e) {
      return null;
    }
  }
}
