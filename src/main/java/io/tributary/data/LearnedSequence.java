package io.tributary.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A sequence that was learned from, for people to read.
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

  /**
   * A scored sequence that a step has learned from.
   *
   * @param features names of the target's features, in their order
   */
  public static LearnedSequence of(long step, ScoredSequence scored, List<String> features) {
    Map<String, Double> named = new LinkedHashMap<>();
    for (int i = 0; i < features.size(); i++) {
      named.put(features.get(i), scored.features()[i]);
    }
    Sequence sequence = scored.sequence();
    return new LearnedSequence(
        step,
        sequence.draw(),
        sequence.index(),
        sequence.proposalVersion(),
        scored.text(),
        sequence.logProposal(),
        scored.logWeight(),
        named);
  }
}
