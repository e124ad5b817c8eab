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
  /** Each costs a pass of the policy in every evaluation. */
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

  /**
   * The sequences with weight. Of more than {@value #MOST}, about as many are chosen, in proportion
   * to their weights and at equal distances of the sum of these (systematic resampling), with the
   * number of times that each is chosen as its weight.
   */
  public static TargetSample of(List<ScoredSequence> drawn) {
    List<Entry> weighted =
        drawn.stream()
            .filter(each -> each.logTarget() > Double.NEGATIVE_INFINITY)
            .map(
                each ->
                    new Entry(
                        each.text(), each.sequence().tokens(), each.logTarget(), each.logWeight()))
            .toList();
    return new TargetSample(weighted.size() <= MOST ? weighted : chosen(weighted));
  }

  private static List<Entry> chosen(List<Entry> weighted) {
    double largest = weighted.stream().mapToDouble(Entry::logWeight).max().orElseThrow();
    double total =
        weighted.stream().mapToDouble(entry -> Math.exp(entry.logWeight() - largest)).sum();
    List<Entry> chosen = new ArrayList<>();
    double sum = 0;
    long before = 0;
    for (Entry entry : weighted) {
      sum += Math.exp(entry.logWeight() - largest);
      long now = Math.round(MOST * sum / total);
      if (now > before) {
        chosen.add(
            new Entry(
                entry.text(), entry.tokens(), entry.logTarget(), Math.log((double) now - before)));
      }
      before = now;
    }
    return chosen;
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
