package io.tributary.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.tributary.data.BadInputException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file of texts, one a line: either the text itself, or a JSON object that has it. */
final class TextLines {
  private TextLines() {}

  /**
   * The texts of a file, at least one. An empty line is an empty text.
   *
   * @throws BadInputException if the file can't be read, is not UTF-8 or has no line
   */
  static List<String> read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      if (lines.isEmpty()) {
        throw new BadInputException(file + " is empty; expected texts, one a line");
      }
      return lines.stream().map(TextLines::text).toList();
    } catch (CharacterCodingException e) {
      throw new BadInputException(file + " is not UTF-8 text", e);
    } catch (IOException e) {
      throw new BadInputException("%s can't be read: %s".formatted(file, e), e);
    }
  }

  private static String text(String line) {
    if (!line.startsWith("{")) {
      return line;
    }
    try (JsonReader json = new JsonReader(new StringReader(line))) {
      json.setStrictness(Strictness.STRICT);
      JsonElement element = JsonParser.parseReader(json);
      boolean whole = json.peek() == JsonToken.END_DOCUMENT;
      return whole && element instanceof JsonObject object && isString(object.get("text"))
          ? object.get("text").getAsString()
          : line;
    } catch (IOException | JsonParseException e) {
      return line; // a text that happens to begin with a brace
    }
  }

  private static boolean isString(@Nullable JsonElement element) {
    return element != null && element.isJsonPrimitive() && element.getAsJsonPrimitive().isString();
  }
}
