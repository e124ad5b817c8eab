package io.tributary.cluster.membership;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Nodes that are unreachable, and since when. Each is judged by itself, however many there are.
 * Times are those of an {@link AwakeClock}. Not thread-safe.
 *
 * @param <N> identifies a node
 */
final class UnreachableNodes<N> {
  private final Duration stableAfter;
  private final Map<N, Duration> since = new LinkedHashMap<>();

  /**
   * @param stableAfter time after which a node that stays unreachable is to be removed
   */
  UnreachableNodes(Duration stableAfter) {
    this.stableAfter = stableAfter;
  }

  /** The node has become unreachable; without effect if it is already. */
  void lost(N node, Duration now) {
    since.putIfAbsent(node, now);
  }

  /** The node is reachable again, or no part of the cluster any more. */
  void forget(N node) {
    since.remove(node);
  }

  /** Those that have been unreachable for long enough; each is returned once. */
  List<N> due(Duration now) {
    List<N> due =
        since.entrySet().stream()
            .filter(node -> now.minus(node.getValue()).compareTo(stableAfter) >= 0)
            .map(Map.Entry::getKey)
            .toList();
    due.forEach(since::remove);
    return due;
  }
}
