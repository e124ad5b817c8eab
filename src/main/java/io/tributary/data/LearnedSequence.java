package io.tributary.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A sequence that was learned, as people look at it.
 *
 * @param step learner step that it was part of
 * @param draw number of the draw that it came from
 * @param index position within the draw, from 0
 * @param proposalVersion version of the proposal that it was drawn with
 * @param text its decoded text, as the model wrote it: not to be trusted
 * @param logProposal log q(x) in nats
 * @param logWeight log w(x) = log P(x) - log q(x) in nats; minus infinity where a hard constraint
 *     does not hold
 * @param features phi(x) by name, in the order of the target
 */
public record LearnedSequence(
    long step,
    long draw,
    int index,
    long proposalVersion,
    String text,
    double logProposal,
    double logWeight,
    Map<String, Double> features) {
  public LearnedSequence {
    features = Collections.unmodifiableMap(new LinkedHashMap<>(features));
  }
}
