package io.tributary.stream;

/**
 * How many draws bootstrap Z: the first ones in any case, and then as many as a batch takes at a
 * time, until there are enough hits. A hit is a sequence with weight.
 *
 * @param draws draws at the start; 0 for no bootstrap
 * @param mostDraws limit on the draws in all, as far as it exceeds {@code draws}
 * @param hits number of hits that is enough; 0 if the first draws are, whatever they contain
 */
public record BootstrapPlan(int draws, int mostDraws, int hits) {
  /** Of a stream that begins with training. */
  public static final BootstrapPlan NONE = of(0);

  public BootstrapPlan {
    if (draws < 0 || mostDraws < 0 || hits < 0) {
      throw new IllegalArgumentException(
          "draws of the bootstrap, their limit and hits must not be negative, got %d, %d, %d"
              .formatted(draws, mostDraws, hits));
    }
  }

  /** Exactly so many draws. */
  public static BootstrapPlan of(int draws) {
    return new BootstrapPlan(draws, draws, 0);
  }
}
