package io.tributary.serve;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.Serial;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Settings as one JSON object, nested or with dots in its keys. Values are strings, numbers and
 * booleans; numbers are kept as they are written, and judged by the setting's own rules.
 */
final class SettingsJson {

  private static final int MAX_DEPTH = 16;
  private static final int MAX_SETTINGS = 256;

  private final Map<String, String> settings = new LinkedHashMap<>();

  private SettingsJson() {}

  /** A malformed request body; the message is meant for the client. */
  static final class BadBodyException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    BadBodyException(String message) {
      super(message);
    }
  }

  /**
   * Reads a body.
   *
   * @return settings by key with dots
   * @throws BadBodyException if it is not such an object
   */
  static Map<String, String> read(byte[] body) {
    try (JsonReader reader = new JsonReader(new StringReader(text(body)))) {
      reader.setStrictness(Strictness.STRICT);
      SettingsJson json = new SettingsJson();
      json.object(reader, "", 1);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new BadBodyException("expected nothing after the JSON object");
      }
      return json.settings;
    } catch (MalformedJsonException | NumberFormatException e) {
      throw new BadBodyException("not JSON: " + firstLine(e));
    } catch (EOFException e) {
      throw new BadBodyException("not JSON: it is incomplete");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void object(JsonReader reader, String prefix, int depth) throws IOException {
    if (reader.peek() != JsonToken.BEGIN_OBJECT) {
      throw new BadBodyException("expected a JSON object of settings, not " + kind(reader));
    }
    if (depth > MAX_DEPTH) {
      throw new BadBodyException("objects are nested deeper than %d".formatted(MAX_DEPTH));
    }
    reader.beginObject();
    while (reader.hasNext()) {
      String key = prefix + reader.nextName();
      switch (reader.peek()) {
        case BEGIN_OBJECT -> object(reader, key + ".", depth + 1);
        case STRING, NUMBER -> put(key, reader.nextString());
        case BOOLEAN -> put(key, Boolean.toString(reader.nextBoolean()));
        default ->
            throw new BadBodyException(
                "%s: expected a string, a number, true or false, not %s"
                    .formatted(quoted(key), kind(reader)));
      }
    }
    reader.endObject();
  }

  private void put(String key, String value) {
    if (settings.putIfAbsent(key, value) != null) {
      throw new BadBodyException(quoted(key) + " is given twice");
    }
    if (settings.size() > MAX_SETTINGS) {
      throw new BadBodyException("more than %d settings".formatted(MAX_SETTINGS));
    }
  }

  private static String text(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new BadBodyException("not UTF-8");
    }
  }

  private static String kind(JsonReader reader) throws IOException {
    return switch (reader.peek()) {
      case BEGIN_ARRAY -> "a list";
      case BEGIN_OBJECT -> "an object";
      case STRING -> "a text";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      case NULL -> "null";
      default -> "nothing";
    };
  }

  /** A key in quotes, shortened for a message. */
  private static String quoted(String key) {
    return '"' + (key.length() > 80 ? key.substring(0, 80) + "…" : key) + '"';
  }

  /** Without Gson's advice to programmers. */
  private static String firstLine(Exception e) {
    String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return line.replaceFirst(
        "^Use JsonReader\\.\\S+ to accept malformed JSON ", "it is malformed ");
  }
}
