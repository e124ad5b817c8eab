package io.tributary.io;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.tributary.data.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * A JSON object in a file, read key by key. A key that is missing or null has its default if it has
 * one; whatever is not as expected is a {@link BadInputException} that names file, key and
 * expectation.
 */
public record JsonFile(Path file, JsonObject json) {

  /**
   * Reads a file.
   *
   * @throws BadInputException if it is missing or not a JSON object
   */
  public static JsonFile read(Path file) {
    try {
      return new JsonFile(file, JsonParser.parseString(Files.readString(file)).getAsJsonObject());
    } catch (NoSuchFileException e) {
      throw new BadInputException(file + " does not exist", e);
    } catch (IOException e) {
      throw new BadInputException(file + " can't be read: " + e.getMessage(), e);
    } catch (JsonParseException | IllegalStateException e) {
      throw new BadInputException(file + " is not a JSON object: " + e.getMessage(), e);
    }
  }

  /** A text. */
  public String text(String key) {
    if (json.get(key) instanceof JsonPrimitive value && value.isString()) {
      return value.getAsString();
    }
    throw expected(key, "a text");
  }

  public String text(String key, String otherwise) {
    return has(key) ? text(key) : otherwise;
  }

  /** A whole number of at least {@code least}. */
  public int number(String key, int least) {
    return wholeNumber(
        key,
        json.get(key),
        least,
        least == Integer.MIN_VALUE ? "a whole number" : "a whole number of at least " + least);
  }

  public int number(String key, int least, int otherwise) {
    return has(key) ? number(key, least) : otherwise;
  }

  /** A whole number or a list of them. */
  public List<Integer> numbers(String key, int otherwise) {
    String expected = "a whole number or a list of them";
    return json.get(key) instanceof JsonArray list
        ? list.asList().stream()
            .map(element -> wholeNumber(key, element, Integer.MIN_VALUE, expected))
            .toList()
        : List.of(number(key, Integer.MIN_VALUE, otherwise));
  }

  private int wholeNumber(String key, JsonElement element, int least, String expected) {
    if (element instanceof JsonPrimitive value && value.isNumber()) {
      double number = value.getAsDouble();
      if (number >= least && number <= Integer.MAX_VALUE && number == Math.rint(number)) {
        return (int) number;
      }
    }
    throw expected(key, expected);
  }

  /** A number between 0 and 1, both excluded. */
  public double fraction(String key, double otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    if (json.get(key) instanceof JsonPrimitive value && value.isNumber()) {
      double number = value.getAsDouble();
      if (number > 0 && number < 1) {
        return number;
      }
    }
    throw expected(key, "a number between 0 and 1");
  }

  /** A truth value. */
  public boolean flag(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    if (json.get(key) instanceof JsonPrimitive value && value.isBoolean()) {
      return value.getAsBoolean();
    }
    throw expected(key, "true or false");
  }

  /** A list of texts. */
  public List<String> texts(String key) {
    if (json.get(key) instanceof JsonArray list
        && list.asList().stream().allMatch(v -> v instanceof JsonPrimitive p && p.isString())) {
      return list.asList().stream().map(JsonElement::getAsString).toList();
    }
    throw expected(key, "a list of texts");
  }

  private boolean has(String key) {
    return json.has(key) && !json.get(key).isJsonNull();
  }

  /** That the value of a key is not as expected. */
  public BadInputException expected(String key, String expected) {
    return refusal(
        json.has(key)
            ? "%s = %s, expected %s".formatted(key, json.get(key), expected)
            : "lacks %s, expected %s".formatted(key, expected));
  }

  /** That the file, or something that it names, can't be used. */
  public BadInputException refusal(String message) {
    return new BadInputException(file + ": " + message);
  }
}
