package io.tributary.run.watch;

import io.tributary.config.TributaryConfig;
import io.tributary.data.NodeState;
import io.tributary.protocol.NodeStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/** Which kind of workers a trainer waits for, since there is none of it on any machine. */
final class MissingWorkers {
  private MissingWorkers() {}

  /** What to tell the operator; empty if none is missing. */
  static Optional<String> of(TributaryConfig config, List<NodeStatus> nodes) {
    if (config.samplers().count() == 0 && available(nodes, NodeStatus::samplers) == 0) {
      return Optional.of(none("sampler", nodes));
    }
    return config.scorers().count() == 0 && available(nodes, NodeStatus::scorers) == 0
        ? Optional.of(none("scorer", nodes))
        : Optional.empty();
  }

  private static int available(List<NodeStatus> nodes, ToIntFunction<NodeStatus> workers) {
    return nodes.stream()
        .filter(node -> node.state() == NodeState.AVAILABLE)
        .mapToInt(workers)
        .sum();
  }

  private static String none(String kind, List<NodeStatus> nodes) {
    if (nodes.isEmpty()) {
      return "there is no %s; start one with tributary worker".formatted(kind);
    }
    Map<NodeState, Long> states =
        nodes.stream()
            .collect(Collectors.groupingBy(NodeStatus::state, TreeMap::new, Collectors.counting()));
    return "there is no %s; nodes: %s"
        .formatted(
            kind,
            states.entrySet().stream()
                .map(entry -> "%d %s".formatted(entry.getValue(), entry.getKey()))
                .collect(Collectors.joining(", ")));
  }
}
