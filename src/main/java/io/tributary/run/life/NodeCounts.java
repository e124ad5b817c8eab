package io.tributary.run.life;

import io.tributary.cluster.remote.NodeRequest.Counts;
import io.tributary.config.binding.ConfigException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads numbers of samplers and scorers of nodes, given as {@code nodes.NODE.samplers.count}. */
final class NodeCounts {
  /** More threads that compute than any machine has use for. */
  private static final int MOST = 256;

  private static final String PREFIX = "nodes.";
  private static final Pattern KEY =
      Pattern.compile("nodes\\.([A-Za-z0-9:.-]+)\\.(samplers|scorers)\\.count");

  private NodeCounts() {}

  /** Whether a change is about nodes. */
  static boolean areIn(Map<String, String> values) {
    return values.keySet().stream().anyMatch(key -> key.startsWith(PREFIX));
  }

  /**
   * Reads them.
   *
   * @return by node
   * @throws ConfigException if there is anything else among them, or a number is none
   */
  static Map<String, Counts> of(Map<String, String> values) {
    Map<String, Counts> counts = new HashMap<>();
    values.forEach(
        (key, value) -> {
          if (!key.startsWith(PREFIX)) {
            throw new ConfigException(
                "%s: expected nothing else in a change of nodes, since either could fail alone"
                    .formatted(key));
          }
          Matcher parts = KEY.matcher(key);
          if (!parts.matches()) {
            throw new ConfigException(
                "%s: expected nodes.NODE.samplers.count or nodes.NODE.scorers.count"
                    .formatted(key));
          }
          OptionalInt count = OptionalInt.of(count(key, value));
          boolean samplers = parts.group(2).equals("samplers");
          counts.merge(
              parts.group(1),
              samplers
                  ? new Counts(count, OptionalInt.empty())
                  : new Counts(OptionalInt.empty(), count),
              (one, other) ->
                  new Counts(
                      one.samplers().isPresent() ? one.samplers() : other.samplers(),
                      one.scorers().isPresent() ? one.scorers() : other.scorers()));
        });
    return counts;
  }

  private static int count(String key, String value) {
    if (value.matches("\\d{1,9}") && Integer.parseInt(value) <= MOST) {
      return Integer.parseInt(value);
    }
    throw new ConfigException(
        "%s = %s: expected a number from 0 to %d".formatted(key, value, MOST));
  }
}
