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
   * @param decidedAt number of tokens that decide P(x)/a(x)
   * @param logDecided log of P(x)/a(x) times a of these tokens, in nats
   */
  public record Entry(
      String text,
      int[] tokens,
      double logTarget,
      double logWeight,
      int decidedAt,
      double logDecided) {

    private static Entry of(ScoredSequence drawn) {
      return new Entry(
          drawn.text(),
          drawn.sequence().tokens(),
          drawn.logTarget(),
          drawn.logWeight(),
          drawn.decidedAt(),
          drawn.logDecided());
    }

    private Entry weighing(double logWeight) {
      return new Entry(text, tokens, logTarget, logWeight, decidedAt, logDecided);
    }
  }

  public TargetSample {
    entries = List.copyOf(entries);
  }

  /**
   * The sequences with weight. Of more than {@value #MOST}, about as many are chosen, in proportion
   * to their weights and at equal distances of the sum of these (systematic resampling), with the
   * number of times that each is chosen as its weight.
   */
  public static TargetSample of(List<ScoredSequence> drawn) {
    List<Entry> weighted = drawn.stream().filter(ScoredSequence::hasWeight).map(Entry::of).toList();
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
        chosen.add(entry.weighing(Math.log((double) now - before)));
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

  /** (N), number of tokens that decide P/a. */
  public int[] decidedAt() {
    return entries.stream().mapToInt(Entry::decidedAt).toArray();
  }

  /** (N), log of P/a times a of the tokens that decide it, in nats. */
  public double[] logDecided() {
    return entries.stream().mapToDouble(Entry::logDecided).toArray();
  }

  /** (N), log( P/q ) in nats. */
  public double[] logWeights() {
    return entries.stream().mapToDouble(Entry::logWeight).toArray();
  }
}
