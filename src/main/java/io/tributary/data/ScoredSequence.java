package io.tributary.data;

/**
 * A sequence with what the scorer found out about it.
 *
 * @param sequence the sequence with its log q(x)
 * @param text its decoded text
 * @param features phi(x), in the order of the target's features
 * @param logBase log a(x) in nats under the frozen base model
 * @param logTarget log P(x) in nats; minus infinity where a hard constraint does not hold
 */
public record ScoredSequence(
    Sequence sequence, String text, double[] features, double logBase, double logTarget) {
  public ScoredSequence {
    if (Double.isNaN(logTarget) || logTarget == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "log P(x) must be a number or -infinity, got " + logTarget);
    }
  }

  /** log w(x) = log P(x) - log q(x): the log importance weight. */
  public double logWeight() {
    return logTarget - sequence.logProposal();
  }
}
