package io.tributary.data;

import java.util.List;

/**
 * A draw after scoring. It holds fewer sequences than were drawn where the scorer failed on one.
 *
 * @param number the draw's number k
 * @param sequences scored sequences in the order of their index
 * @param dropped sequences on which a feature failed; they are counted, never trained on
 */
public record ScoredDraw(long number, List<ScoredSequence> sequences, int dropped) {
  public ScoredDraw {
    sequences = List.copyOf(sequences);
  }

  /** Total number of tokens of the sequences that are scored. */
  public long tokens() {
    return sequences.stream().mapToLong(s -> s.sequence().tokens().length).sum();
  }
}
