package io.tributary.data;

/**
 * One sequence x drawn from a proposal q.
 *
 * @param draw number of the draw that it belongs to
 * @param index position within the draw, from 0
 * @param tokens what follows the prefix: up to and including EOS, or up to the maximal length
 * @param logProposal log q(x) in nats, recorded while sampling: the sum over exactly {@code tokens}
 * @param proposalVersion version of the proposal that it was really drawn with
 */
public record Sequence(
    long draw, int index, int[] tokens, double logProposal, long proposalVersion) {
  public Sequence {
    if (tokens.length == 0) {
      throw new IllegalArgumentException(
          "a sequence has at least one token; sequence "
              + index
              + " of draw "
              + draw
              + " has none");
    }
    if (Double.isNaN(logProposal) || logProposal > 1e-3) {
      throw new IllegalArgumentException(
          "log q(x) must be a log-probability, got " + logProposal + " in draw " + draw);
    }
  }
}
