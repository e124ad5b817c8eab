package io.tributary.cluster.remote;

import io.tributary.cluster.membership.NodeEvent;
import io.tributary.cluster.wire.ToTrainer.Hello;
import io.tributary.data.NodeState;
import io.tributary.metrics.Label.LostReason;
import io.tributary.metrics.Label.RefusalReason;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.NodeStatus;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What is known of all present nodes, for people and metrics. Thread-safe. */
public final class NodeRecords implements Supplier<List<NodeStatus>> {
  private final RunMetrics metrics;
  private final LongSupplier nanoTime;
  private final List<NodeRecord> present = new CopyOnWriteArrayList<>();

  /**
   * Records of no node yet.
   *
   * @param nanoTime a clock that only goes forward
   */
  public NodeRecords(RunMetrics metrics, LongSupplier nanoTime) {
    this.metrics = metrics;
    this.nanoTime = nanoTime;
  }

  /** A node is welcome, and has this name from now on. */
  NodeRecord welcomed(String name, Hello hello) {
    NodeRecord node = new NodeRecord(name, hello, metrics, nanoTime, this::count);
    present.add(node);
    count();
    return node;
  }

  /** A node may not take part. */
  void refused(RefusalReason reason) {
    metrics.add(Metric.NODES_REFUSED_TOTAL, 1, reason);
  }

  /** A node will not come back. */
  void gone(NodeRecord node, NodeEvent.Reason reason) {
    if (!node.leaves()) {
      metrics.add(
          Metric.NODES_LOST_TOTAL,
          1,
          switch (reason) {
            case LEFT -> LostReason.ENDED;
            case UNREACHABLE -> LostReason.UNREACHABLE;
            case REPLACED -> LostReason.REPLACED;
          });
    }
    forget(node);
  }

  /** A node has no place any more. */
  void forget(NodeRecord node) {
    present.remove(node);
    node.gone();
    count();
  }

  private synchronized void count() {
    for (NodeState state : NodeState.values()) {
      metrics.set(
          Metric.NODES,
          present.stream().filter(node -> node.state() == state).count(),
          state.name());
    }
  }

  /** The present nodes, by name. */
  @Override
  public List<NodeStatus> get() {
    return present.stream()
        .map(NodeRecord::status)
        .sorted(
            Comparator.comparing((NodeStatus node) -> node.name().length())
                .thenComparing(NodeStatus::name))
        .toList();
  }
}
