package io.tributary.metrics;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.tributary.data.LearnedSequence;

/** Rows of {@code samples.jsonl}: one JSON object per sequence, for people to look at. */
public final class SamplesJsonl {

  private SamplesJsonl() {}

  /** The row of a sequence; a weight too large for a double is null. */
  public static JsonObject row(LearnedSequence sequence) {
    JsonObject row = new JsonObject();
    row.addProperty("step", sequence.step());
    row.addProperty("draw", sequence.draw());
    row.addProperty("index", sequence.index());
    row.addProperty("proposal_version", sequence.proposalVersion());
    row.addProperty("text", sequence.text());
    row.add("log_proposal", number(sequence.logProposal()));
    row.add("weight", number(Math.exp(sequence.logWeight())));
    JsonObject features = new JsonObject();
    sequence.features().forEach((name, value) -> features.add(name, number(value)));
    row.add("features", features);
    return row;
  }

  private static JsonElement number(double value) {
    return Double.isFinite(value) ? MetricsJsonl.number(value) : JsonNull.INSTANCE;
  }
}
