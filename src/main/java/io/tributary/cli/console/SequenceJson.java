package io.tributary.cli.console;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** A sequence as verbs print it: one JSON object a line. */
public final class SequenceJson {
  private final JsonObject json = new JsonObject();

  /**
   * @param text null where there is no tokenizer
   * @param logProb in nats
   * @throws IllegalStateException if the log-probability is not a number
   */
  public SequenceJson(@Nullable String text, int[] tokens, double logProb) {
    if (!Double.isFinite(logProb)) {
      throw new IllegalStateException(
          "the model gives a log-probability of %s; are its weights damaged?".formatted(logProb));
    }
    JsonArray ids = new JsonArray(tokens.length);
    for (int token : tokens) {
      ids.add(token);
    }
    json.addProperty("text", text);
    json.add("tokens", ids);
    json.addProperty("logProb", logProb);
  }

  /**
   * Adds what a target says.
   *
   * @param logTarget log P in nats; minus infinity, where P = 0, becomes null
   */
  public SequenceJson with(JsonObject features, double logTarget) {
    json.add("features", features);
    if (logTarget == Double.NEGATIVE_INFINITY) {
      json.add("logP", JsonNull.INSTANCE);
    } else {
      json.addProperty("logP", logTarget);
    }
    return this;
  }

  /** Prints the line. */
  public void print(PrintWriter out) {
    out.println(json); // JsonObject writes nulls
  }
}
