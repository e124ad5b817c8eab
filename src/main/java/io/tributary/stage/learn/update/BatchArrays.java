package io.tributary.stage.learn.update;

import io.tributary.data.ScoredSequence;
import io.tributary.model.SequenceScores;
import io.tributary.objective.BatchValues;
import io.tributary.objective.Reward;
import io.tributary.objective.RunningEstimates;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A batch as arrays over its N sequences.
 *
 * @param proposalVersions (N), the proposal that each sequence was drawn from
 * @param logWeights (N), log w = log P - log q in nats
 * @param logProposals (N), log q in nats
 * @param logBases (N), log a in nats
 * @param rewards (N), r(x)
 */
record BatchArrays(
    List<ScoredSequence> sequences,
    List<int[]> tokens,
    long[] proposalVersions,
    double[] logWeights,
    double[] logProposals,
    double[] logBases,
    double[] rewards) {

  static BatchArrays of(List<ScoredSequence> sequences, Reward reward) {
    return new BatchArrays(
        sequences,
        sequences.stream().map(s -> s.sequence().tokens()).toList(),
        sequences.stream().mapToLong(s -> s.sequence().proposalVersion()).toArray(),
        sequences.stream().mapToDouble(ScoredSequence::logWeight).toArray(),
        sequences.stream().mapToDouble(s -> s.sequence().logProposal()).toArray(),
        sequences.stream().mapToDouble(ScoredSequence::logBase).toArray(),
        sequences.stream().mapToDouble(reward::of).toArray());
  }

  int size() {
    return sequences.size();
  }

  List<int[]> tokens(int[] rows) {
    return IntStream.of(rows).mapToObj(tokens::get).toList();
  }

  /** Some rows in groups of at most {@code size}, of similar length. */
  List<int[]> microBatches(int[] rows, int size) {
    return SequenceScores.byLength(tokens(rows), size).stream()
        .map(group -> IntStream.of(group).map(i -> rows[i]).toArray())
        .toList();
  }

  boolean isPositive(int i) {
    return logWeights[i] > Double.NEGATIVE_INFINITY;
  }

  /**
   * The values that an objective is computed from.
   *
   * @param logPolicies (N), log pi in nats
   */
  BatchValues values(double[] logPolicies, RunningEstimates estimates) {
    return new BatchValues(logWeights, logProposals, logPolicies, logBases, rewards, estimates);
  }

  double[] feature(int i) {
    return sequences.stream().mapToDouble(s -> s.features()[i]).toArray();
  }
}
