package io.tributary.run.cluster;

import io.tributary.cluster.slot.SlotListener;
import io.tributary.cluster.wire.FromSlot;
import io.tributary.cluster.wire.SlotKind;
import io.tributary.data.NodeState;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.WorkerMetrics;
import io.tributary.protocol.WorkerStatus;
import java.util.List;
import java.util.function.Supplier;

/** What a worker tells of itself over HTTP: its state and its metrics. Thread-safe. */
final class WorkerReport implements Supplier<WorkerStatus>, SlotListener {
  private static final WorkerStatus SILENT =
      new WorkerStatus(NodeState.UNREACHABLE, List.of("the trainer is silent"));

  private final WorkerMetrics metrics = new WorkerMetrics();
  private WorkerStatus status =
      new WorkerStatus(NodeState.JOINING, List.of("it waits for the trainer"));
  private boolean silent;

  /** The worker's metrics. */
  WorkerMetrics metrics() {
    return metrics;
  }

  @Override
  public synchronized WorkerStatus get() {
    return silent ? SILENT : status;
  }

  /** The worker is on its way to work, or waits for something. */
  void joining(String reason) {
    become(new WorkerStatus(NodeState.JOINING, List.of(reason)));
  }

  /** The worker is admitted. */
  void works() {
    become(new WorkerStatus(NodeState.AVAILABLE, List.of()));
  }

  /** The worker is being drained. */
  void leaves() {
    become(
        new WorkerStatus(
            NodeState.LEAVING, List.of("it finishes what is in progress, and leaves")));
  }

  private synchronized void become(WorkerStatus next) {
    status = next;
    metrics.state(get().state());
  }

  /** Whether the trainer can't be heard. */
  synchronized void silent(boolean now) {
    silent = now;
    metrics.state(get().state());
  }

  @Override
  public void ended(SlotKind kind, FromSlot.Result result) {
    Stage stage = kind == SlotKind.SAMPLER ? Stage.SAMPLER : Stage.SCORER;
    if (result instanceof FromSlot.Failed) {
      metrics.failed(stage);
    } else {
      metrics.finished(stage, result.sequences(), result.time());
    }
  }

  @Override
  public void holds(long version) {
    metrics.holds(version);
  }
}
