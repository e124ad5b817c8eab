package io.tributary.model.classifier;

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
import java.util.HashSet;
import java.util.List;

/**
 * Typed reading of a {@code classifier.json}; a {@link BadInputException} names file, key and what
 * was expected.
 */
record ClassifierJson(Path file, JsonObject json) {

  static ClassifierJson read(Path file) {
    try {
      return new ClassifierJson(
          file, JsonParser.parseString(Files.readString(file)).getAsJsonObject());
    } catch (NoSuchFileException e) {
      throw new BadInputException(file + " does not exist", e);
    } catch (IOException e) {
      throw new BadInputException(file + " can't be read: " + e.getMessage(), e);
    } catch (JsonParseException | IllegalStateException e) {
      throw new BadInputException(file + " is not a JSON object: " + e.getMessage(), e);
    }
  }

  /** A text. */
  String text(String key) {
    if (json.get(key) instanceof JsonPrimitive value && value.isString()) {
      return value.getAsString();
    }
    throw expected(key, "a text");
  }

  /** A whole number of at least {@code least}. */
  int number(String key, int least) {
    if (json.get(key) instanceof JsonPrimitive value && value.isNumber()) {
      double number = value.getAsDouble();
      if (number >= least && number <= Integer.MAX_VALUE && number == Math.rint(number)) {
        return (int) number;
      }
    }
    throw expected(key, "a whole number of at least " + least);
  }

  /** As {@link #number(String, int)}, with a value for a key that is not there. */
  int number(String key, int least, int otherwise) {
    return json.has(key) ? number(key, least) : otherwise;
  }

  /** A truth value; {@code otherwise} where the key is not there. */
  boolean flag(String key, boolean otherwise) {
    if (!json.has(key)) {
      return otherwise;
    }
    if (json.get(key) instanceof JsonPrimitive value && value.isBoolean()) {
      return value.getAsBoolean();
    }
    throw expected(key, "true or false");
  }

  /** A list of texts. */
  List<String> texts(String key) {
    if (json.has(key) && json.get(key).isJsonArray()) {
      List<JsonElement> values = json.getAsJsonArray(key).asList();
      if (values.stream().allMatch(v -> v instanceof JsonPrimitive p && p.isString())) {
        return values.stream().map(JsonElement::getAsString).toList();
      }
    }
    throw expected(key, "a list of texts");
  }

  /** {@code labels}: at least two, all different. */
  List<String> labels() {
    List<String> labels = texts("labels");
    if (labels.size() < 2 || new HashSet<>(labels).size() < labels.size()) {
      throw expected("labels", "at least two different labels");
    }
    return labels;
  }

  /** That the file, or something that it names, can't be used. */
  BadInputException refusal(String message) {
    return new BadInputException(file + ": " + message);
  }

  private BadInputException expected(String key, String expected) {
    return refusal(
        json.has(key)
            ? "%s = %s, expected %s".formatted(key, json.get(key), expected)
            : "lacks %s, expected %s".formatted(key, expected));
  }
}
