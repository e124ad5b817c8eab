package io.tributary.cluster.soak;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Something bad that is done to some workers of a cluster, and ends.
 *
 * @param workers numbers of those it meets, from 1; empty if it meets the trainer
 * @param start seconds after the beginning of its round
 * @param seconds how long it lasts; 0 if it is over at once
 * @param amount share of the packets or bits a second, where the kind has one; else 0
 */
record Fault(FaultKind kind, List<Integer> workers, double start, double seconds, double amount) {
  Fault {
    workers = List.copyOf(workers);
  }

  double end() {
    return start + seconds;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(kind.text());
    if (!workers.isEmpty()) {
      text.append(' ')
          .append(workers.stream().map(Object::toString).collect(Collectors.joining(" and ")));
    }
    if (amount > 0) {
      text.append(
          amount < 1
              ? String.format(Locale.ROOT, ", %.0f %% of the packets", 100 * amount)
              : String.format(Locale.ROOT, ", %.1f Mbit/s", amount / 1e6));
    }
    return text
        + String.format(Locale.ROOT, ", at %.1f s", start)
        + (seconds > 0 ? String.format(Locale.ROOT, " for %.1f s", seconds) : "");
  }
}
