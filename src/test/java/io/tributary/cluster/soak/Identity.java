package io.tributary.cluster.soak;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether a run has written the rows of one that nobody disturbed.
 *
 * @param rows of {@code metrics.jsonl}
 * @param undisturbed the same of the other run
 */
record Identity(List<String> rows, List<String> undisturbed) {
  private static final String EVALUATION = "\"evaluation\":true";

  Identity {
    rows = trained(rows);
    undisturbed = trained(undisturbed);
  }

  /** Up to the last step: the one at which a run ends is evaluated, others may not be. */
  private static List<String> trained(List<String> rows) {
    int end = rows.size();
    while (end > 0 && rows.get(end - 1).contains(EVALUATION)) {
      end--;
    }
    return List.copyOf(rows.subList(0, end));
  }

  Finding finding() {
    List<String> violations = new ArrayList<>();
    for (int i = 0; i < Math.min(rows.size(), undisturbed.size()); i++) {
      if (!rows.get(i).equals(undisturbed.get(i))) {
        violations.add(
            "row %d is%n%s%n            instead of%n%s"
                .formatted(i + 1, rows.get(i), undisturbed.get(i)));
        break;
      }
    }
    if (rows.size() != undisturbed.size() || rows.isEmpty()) {
      violations.add("%d rows instead of %d".formatted(rows.size(), undisturbed.size()));
    }
    return new Finding(
        "metrics.jsonl is that of one process, bit for bit",
        "%d rows".formatted(rows.size()),
        violations);
  }
}
