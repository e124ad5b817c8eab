package io.tributary.metrics;

import com.google.gson.JsonElement;
import io.tributary.data.LearnedSequence;
import io.tributary.io.Json;
import java.util.Map;

/**
 * A row of {@code samples.jsonl}: a learned sequence and its importance weight P(x)/q(x), for
 * people to read.
 */
public record SampleRow(
    long step,
    long draw,
    int index,
    long proposalVersion,
    String text,
    double logProposal,
    double weight,
    Map<String, Double> features) {

  /** The row of a sequence; a number that is not finite is null. */
  public static JsonElement of(LearnedSequence sequence) {
    return Json.of(
        new SampleRow(
            sequence.step(),
            sequence.draw(),
            sequence.index(),
            sequence.proposalVersion(),
            sequence.text(),
            sequence.logProposal(),
            Math.exp(sequence.logWeight()),
            sequence.features()));
  }
}
