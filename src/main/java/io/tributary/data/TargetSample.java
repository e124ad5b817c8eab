package io.tributary.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Sequences that stand for the target p and that no policy has learned from: those of the base
 * model that have weight, which bootstrap Z. A divergence from p that is measured on them can't
 * overlook what a policy has unlearned, as one that is measured on the policy's own sequences does.
 *
 * @param entries in the order in which they were drawn
 */
public record TargetSample(List<Entry> entries) {
  /** More would make the divergence no more precise than Z is. */
  public static final int MOST = 1000;

  /** None: of a run that was begun before there were any. */
  public static final TargetSample EMPTY = new TargetSample(List.of());

  /**
   * A sequence.
   *
   * @param tokens as in {@link Sequence#tokens}
   * @param logTarget log P(x) in nats
   * @param logWeight log( P(x)/q(x) ) in nats, with what it was drawn from
   */
  public record Entry(String text, int[] tokens, double logTarget, double logWeight) {}

  public TargetSample {
    entries = List.copyOf(entries);
  }

  /** The sequences with weight, the first {@value #MOST} at most. */
  public static TargetSample of(List<ScoredSequence> drawn) {
    List<Entry> entries = new ArrayList<>();
    for (ScoredSequence each : drawn) {
      if (each.logTarget() > Double.NEGATIVE_INFINITY && entries.size() < MOST) {
        entries.add(
            new Entry(each.text(), each.sequence().tokens(), each.logTarget(), each.logWeight()));
      }
    }
    return new TargetSample(entries);
  }

  /** The tokens of each. */
  public List<int[]> tokens() {
    return entries.stream().map(Entry::tokens).toList();
  }

  /** (N), log P in nats. */
  public double[] logTargets() {
    return entries.stream().mapToDouble(Entry::logTarget).toArray();
  }

  /** (N), log( P/q ) in nats. */
  public double[] logWeights() {
    return entries.stream().mapToDouble(Entry::logWeight).toArray();
  }
}
