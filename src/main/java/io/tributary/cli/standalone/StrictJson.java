package io.tributary.cli.standalone;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.Strictness;

/** Reads lines of JSON as RFC 8259 has them. */
final class StrictJson {
  private static final Gson GSON = new GsonBuilder().setStrictness(Strictness.STRICT).create();

  private StrictJson() {}

  /**
   * The JSON object that makes up a line that begins with a brace.
   *
   * @throws com.google.gson.JsonParseException if it is not one, or more follows it
   */
  static JsonObject object(String line) {
    return GSON.fromJson(line, JsonObject.class);
  }
}
