package io.tributary.data;

import java.util.Comparator;

/**
 * Names a draw among all draws of a run. The order is the one in which work is handed out: windows
 * first, since the learner waits for them.
 *
 * @param number k, or the step of a window
 */
public record DrawKey(DrawOrder.Purpose purpose, long number) implements Comparable<DrawKey> {
  private static final Comparator<DrawKey> ORDER =
      Comparator.<DrawKey, Boolean>comparing(key -> key.purpose() != DrawOrder.Purpose.WINDOW)
          .thenComparingLong(DrawKey::number);

  @Override
  public int compareTo(DrawKey other) {
    return ORDER.compare(this, other);
  }

  /** For messages. */
  @Override
  public String toString() {
    return switch (purpose) {
      case TRAINING -> "draw " + number;
      case FITTING -> "draw %d for the fit".formatted(number);
      case WINDOW -> "the window of step " + number;
    };
  }
}
