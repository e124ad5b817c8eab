package io.tributary.cli.standalone;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text and its tokens, as a verb reads or prints them.
 *
 * @param text null without a tokenizer
 */
public record TokenizedText(@Nullable String text, int[] tokens) {

  /** The tokens of each sequence. */
  public static List<int[]> tokens(List<TokenizedText> sequences) {
    return sequences.stream().map(TokenizedText::tokens).toList();
  }

  /**
   * The sequence as verbs print it.
   *
   * @param logProb in nats
   * @throws IllegalStateException if it is not a number
   */
  public JsonObject json(double logProb) {
    if (!Double.isFinite(logProb)) {
      throw new IllegalStateException(
          "the model gives a log-probability of %s; are its weights damaged?".formatted(logProb));
    }
    JsonObject json = new JsonObject();
    json.addProperty("text", text);
    json.add("tokens", new Gson().toJsonTree(tokens));
    json.addProperty("logProb", logProb);
    return json;
  }
}
