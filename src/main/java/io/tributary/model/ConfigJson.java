package io.tributary.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.function.Predicate;

/**
 * Typed reading of a {@code config.json}. A key that is missing or null gives the default, one of
 * another type an {@link IllegalArgumentException} that names it.
 */
public record ConfigJson(JsonObject json) {

  /** A whole number. */
  public int number(String key, int otherwise) {
    return present(key)
        ? value(key, "a whole number", v -> v.isNumber() && v.getAsDouble() == v.getAsInt())
            .getAsInt()
        : otherwise;
  }

  /** A whole number, or a list of one: of several none could stand for all. */
  public int single(String key, int otherwise) {
    if (json.get(key) instanceof JsonArray list) {
      if (list.size() != 1) {
        throw new IllegalArgumentException(
            "%s must be a whole number or a list of one, got %s".formatted(key, list));
      }
      JsonObject unpacked = new JsonObject();
      unpacked.add(key, list.get(0));
      return new ConfigJson(unpacked).number(key, otherwise);
    }
    return number(key, otherwise);
  }

  /** A number between 0 and 1, both excluded. */
  public double fraction(String key, double otherwise) {
    return present(key)
        ? value(
                key,
                "a number between 0 and 1",
                v -> v.isNumber() && v.getAsDouble() > 0 && v.getAsDouble() < 1)
            .getAsDouble()
        : otherwise;
  }

  /** A truth value. */
  public boolean flag(String key, boolean otherwise) {
    return present(key)
        ? value(key, "true or false", JsonPrimitive::isBoolean).getAsBoolean()
        : otherwise;
  }

  /** A text. */
  public String text(String key, String otherwise) {
    return present(key) ? value(key, "a text", JsonPrimitive::isString).getAsString() : otherwise;
  }

  private JsonPrimitive value(String key, String expected, Predicate<JsonPrimitive> accepted) {
    JsonElement value = json.get(key);
    if (value instanceof JsonPrimitive primitive && accepts(accepted, primitive)) {
      return primitive;
    }
    throw new IllegalArgumentException("%s must be %s, got %s".formatted(key, expected, value));
  }

  private static boolean accepts(Predicate<JsonPrimitive> accepted, JsonPrimitive value) {
    try {
      return accepted.test(value);
    } catch (NumberFormatException e) { // a number beyond what the parser takes
      return false;
    }
  }

  private boolean present(String key) {
    return json.has(key) && !json.get(key).isJsonNull();
  }
}
