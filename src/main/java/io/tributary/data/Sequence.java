package io.tributary.data;

import java.util.Arrays;

/**
 * One sequence x drawn from a proposal q.
 *
 * @param draw number of the draw that it belongs to
 * @param index position within the draw, from 0
 * @param tokens what follows the prefix: up to and including EOS, or up to the maximal length
 * @param tokenLogProposals log q(x_t | x_&lt;t) in nats of each of {@code tokens}, recorded while
 *     sampling
 * @param proposalVersion version of the proposal that it was really drawn with
 */
public record Sequence(
    long draw, int index, int[] tokens, double[] tokenLogProposals, long proposalVersion) {
  public Sequence {
    if (tokens.length == 0) {
      throw new IllegalArgumentException(
          "a sequence has at least one token; sequence "
              + index
              + " of draw "
              + draw
              + " has none");
    }
    if (tokenLogProposals.length != tokens.length) {
      throw new IllegalArgumentException(
          "expected log q for each token; sequence %d of draw %d has %d tokens and log q of %d"
              .formatted(index, draw, tokens.length, tokenLogProposals.length));
    }
    for (double logProposal : tokenLogProposals) {
      if (Double.isNaN(logProposal) || logProposal > 1e-3) {
        throw new IllegalArgumentException(
            "log q(x) must be a log-probability, got " + logProposal + " in draw " + draw);
      }
    }
  }

  /** log q(x) in nats: the sum over exactly the tokens, in double precision. */
  public double logProposal() {
    return Arrays.stream(tokenLogProposals).sum();
  }
}
