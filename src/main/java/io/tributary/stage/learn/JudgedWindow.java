package io.tributary.stage.learn;

import io.tributary.data.ScoredDraw;
import io.tributary.data.ScoredSequence;
import io.tributary.model.SequenceScores;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences of the proposal that were drawn to judge the policy on, with their weights under target
 * and policy (Algorithm 1, lines 6 and 7, Korbak et al. 2022, arXiv:2206.00761).
 *
 * @param versions (N), version of the proposal of each
 * @param logWeights (N), log w = log P - log q in nats
 * @param logPolicyRatios (N), log v = log pi - log q in nats
 */
record JudgedWindow(long[] versions, double[] logWeights, double[] logPolicyRatios) {

  /**
   * A window, scored under the policy.
   *
   * @param prefix tokens that every sequence follows
   * @param progress called after every group of sequences that the policy scores at once
   */
  static JudgedWindow of(
      ScoredDraw window, SequenceScores policy, int[] prefix, Runnable progress) {
    List<ScoredSequence> scored = window.sequences();
    double[] ratios =
        policy.logProbs(prefix, scored.stream().map(s -> s.sequence().tokens()).toList(), progress);
    Arrays.setAll(ratios, i -> ratios[i] - scored.get(i).sequence().logProposal());
    return new JudgedWindow(
        scored.stream().mapToLong(s -> s.sequence().proposalVersion()).toArray(),
        scored.stream().mapToDouble(ScoredSequence::logWeight).toArray(),
        ratios);
  }
}
