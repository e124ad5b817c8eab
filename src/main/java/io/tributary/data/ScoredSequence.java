package io.tributary.data;

import java.util.Arrays;

/**
 * A sequence with what the scorer found out about it.
 *
 * @param sequence the sequence with its log q(x)
 * @param text its decoded text
 * @param features phi(x), in the order of the target's features
 * @param logBase log a(x) in nats under the frozen base model
 * @param tokenLogBases log a(x_t | x_&lt;t) in nats of each token, whose sum is {@code logBase};
 *     empty unless the objective needs it
 * @param milestoneBases a(v | x_&lt;t) of the tokens v that would bring what the target needs,
 *     token after token; empty unless the objective needs it
 * @param logTarget log P(x) in nats; minus infinity where a hard constraint does not hold
 * @param decidedAt number of tokens after which no continuation changes P(x)/a(x); all of them
 *     unless the objective needs it
 */
public record ScoredSequence(
    Sequence sequence,
    String text,
    double[] features,
    double logBase,
    double[] tokenLogBases,
    double[] milestoneBases,
    double logTarget,
    int decidedAt) {
  private static final double[] NONE = {};

  public ScoredSequence {
    if (tokenLogBases.length != 0 && tokenLogBases.length != sequence.tokens().length) {
      throw new IllegalArgumentException(
          "expected log a for each of %d tokens or for none, got it for %d"
              .formatted(sequence.tokens().length, tokenLogBases.length));
    }
    if (decidedAt < 0 || decidedAt > sequence.tokens().length) {
      throw new IllegalArgumentException(
          "a sequence of %d tokens is decided by them, not at token %d"
              .formatted(sequence.tokens().length, decidedAt));
    }
    if (Double.isNaN(logTarget) || logTarget == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "log P(x) must be a number or -infinity, got " + logTarget);
    }
  }

  /** A sequence of which log a is known as a whole only. */
  public ScoredSequence(
      Sequence sequence, String text, double[] features, double logBase, double logTarget) {
    this(sequence, text, features, logBase, NONE, NONE, logTarget, sequence.tokens().length);
  }

  /** Whether P(x) &gt; 0. */
  public boolean hasWeight() {
    return logTarget > Double.NEGATIVE_INFINITY;
  }

  /** log b(x) = log( P(x)/a(x) ) in nats; minus infinity where a hard constraint does not hold. */
  public double logFactor() {
    return logTarget == Double.NEGATIVE_INFINITY ? logTarget : logTarget - logBase;
  }

  /**
   * log of P(x)/a(x) times a of the tokens that decide it, in nats: of P(x) where log a is known as
   * a whole only.
   */
  public double logDecided() {
    return tokenLogBases.length == 0
        ? logTarget
        : logFactor() + Arrays.stream(tokenLogBases).limit(decidedAt).sum();
  }

  /** log w(x) = log P(x) - log q(x): the log importance weight. */
  public double logWeight() {
    return logTarget - sequence.logProposal();
  }
}
