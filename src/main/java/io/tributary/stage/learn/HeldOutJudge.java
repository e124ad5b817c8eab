package io.tributary.stage.learn;

import io.tributary.config.ProposalConfig;
import io.tributary.data.TargetSample;
import io.tributary.model.SequenceScores;
import io.tributary.model.guide.TokenGuide;
import io.tributary.objective.estimate.HeldOut;
import io.tributary.objective.estimate.HeldOut.Standing;

/**
 * Judges the policy on a run's held-out sequences.
 *
 * @param heldOut the sequences
 * @param sample the same with their tokens
 * @param policy scores them
 * @param prefix tokens that every sequence follows
 * @param guide of proposals
 */
record HeldOutJudge(
    HeldOut heldOut, TargetSample sample, SequenceScores policy, int[] prefix, TokenGuide guide) {

  static HeldOutJudge of(
      TargetSample sample,
      ProposalConfig config,
      SequenceScores policy,
      int[] prefix,
      TokenGuide guide) {
    return new HeldOutJudge(
        new HeldOut(sample, config),
        sample,
        policy,
        prefix,
        config.isGuided() ? guide : TokenGuide.NONE);
  }

  /**
   * How the policy stands at present.
   *
   * @param progress called after every group of sequences that it scores at once
   */
  Standing standing(Runnable progress) {
    return heldOut.standing(policy.guided(prefix, sample.tokens(), guide, progress));
  }
}
