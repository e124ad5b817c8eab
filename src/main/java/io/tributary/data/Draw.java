package io.tributary.data;

import java.util.List;

/**
 * A numbered draw: the unit of admission, of randomness and of scoring.
 *
 * @param number k = 0, 1, 2 …, or the step of a window
 * @param proposalVersion version of the proposal that all its sequences were drawn with
 * @param sequences all that were ordered, in the order of their index
 */
public record Draw(
    long number, DrawOrder.Purpose purpose, long proposalVersion, List<Sequence> sequences) {
  public Draw {
    sequences = List.copyOf(sequences);
  }

  /** Names the draw. */
  public DrawKey key() {
    return new DrawKey(purpose, number);
  }

  /** Total number of tokens drawn. */
  public long tokens() {
    return sequences.stream().mapToLong(s -> s.tokens().length).sum();
  }
}
