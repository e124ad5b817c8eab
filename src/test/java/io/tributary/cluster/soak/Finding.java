package io.tributary.cluster.soak;

import java.util.List;
import java.util.Locale;

/**
 * What a check has come to.
 *
 * @param rule what has to hold
 * @param seen what it looked at, with figures
 * @param violations how it does not hold; empty if it does
 */
record Finding(String rule, String seen, List<String> violations) {
  private static final int SHOWN = 5;

  Finding {
    violations = List.copyOf(violations);
  }

  boolean holds() {
    return violations.isEmpty();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%-9s %s: %s", holds() ? "ok" : "VIOLATED", rule, seen));
    violations.stream().limit(SHOWN).forEach(line -> text.append("\n            ").append(line));
    if (violations.size() > SHOWN) {
      text.append("\n            and %d more".formatted(violations.size() - SHOWN));
    }
    return text.toString();
  }
}
