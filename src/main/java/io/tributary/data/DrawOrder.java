package io.tributary.data;

import org.jspecify.annotations.Nullable;

/**
 * What a sampler is asked to draw.
 *
 * @param number k, or the step of a window: from it, the purpose and the seed of the run follow all
 *     random numbers of the draw
 * @param minimumVersion the draw is made with this version of the proposal or a newer one; a window
 *     with exactly this version
 * @param sequences number of sequences
 * @param begunWith what the first attempt was begun with; null for the first attempt. The draw is
 *     then made with exactly this version: long draws are lost more often than short ones, so a
 *     version would be left with too many short ones if the lost were made with a newer version
 */
public record DrawOrder(
    long number,
    long minimumVersion,
    Purpose purpose,
    int sequences,
    @Nullable WeightSnapshot begunWith) {

  /** An order for the first attempt. */
  public DrawOrder(long number, long minimumVersion, Purpose purpose, int sequences) {
    this(number, minimumVersion, purpose, sequences, null);
  }

  /** The same order for all further attempts, after the first was begun with this proposal. */
  public DrawOrder begunWith(WeightSnapshot proposal) {
    return new DrawOrder(number, minimumVersion, purpose, sequences, proposal);
  }

  /** Names the draw. */
  public DrawKey key() {
    return new DrawKey(purpose, number);
  }

  /** Whether the draw may be made with this version of the proposal. */
  public boolean allows(long version) {
    if (begunWith != null) {
      return version == begunWith.version().number();
    }
    return purpose == Purpose.WINDOW ? version == minimumVersion : version >= minimumVersion;
  }

  /** What a draw is for: it decides how tokens are chosen, and from which random numbers. */
  public enum Purpose {
    /** To train on, or to bootstrap Z: at the temperature of the samplers. */
    TRAINING(Seeds.Purpose.DRAW),
    /** To fit lambda: at temperature 1, so that the sequences are of the model itself. */
    FITTING(Seeds.Purpose.FITTING),
    /** To judge the policy on, and not to train on: at the temperature of the samplers. */
    WINDOW(Seeds.Purpose.JUDGEMENT);

    private final Seeds.Purpose seeds;

    Purpose(Seeds.Purpose seeds) {
      this.seeds = seeds;
    }

    /** Domain of the random numbers. */
    public Seeds.Purpose seeds() {
      return seeds;
    }
  }
}
